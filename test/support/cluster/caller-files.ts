import type { Caller } from '../../integration/suite/csi';
import type { VirtualWorld } from './virtual-world';

/** The pod that the calls are made for. */
const pod = 'a';

/** Attached, staged and published on the node. */
export async function bringUp(volume: Caller, node: string): Promise<void> {
  expect([await volume.attach(node), await volume.stage(node), await volume.publish(node, pod)]).toEqual([
    ...['OK', 'OK', 'OK'],
  ]);
}

/** The whole way down, from where `bringUp` led. */
export const takeAway = (volume: Caller, node: string): Promise<void> => volume.remove(node, pod);

/** Until every member of two is recorded in sync. */
export const untilWhole = (world: VirtualWorld, { volumeId }: Caller) =>
  world.eventually(`${volumeId} to be whole`, async () => {
    const seen = world.records.volumes().find(({ metadata }) => metadata.name === volumeId);
    return seen?.status?.inSync?.length === 2 && seen;
  });

/** What is mounted there for the pod, entered. */
export const enter = (world: VirtualWorld, volume: Caller, node: string) =>
  world.machine(node).enter(volume.target(pod));

/** '' when there is no such file. */
export async function readFile(world: VirtualWorld, volume: Caller, node: string, name = 'file'): Promise<string> {
  const files = enter(world, volume, node);
  const text = files.list().includes(name) ? String(await world.done(files.readFile(name))) : '';
  files.close();
  return text;
}

export async function writeFile(world: VirtualWorld, volume: Caller, node: string, text: string): Promise<void> {
  const files = enter(world, volume, node);
  await world.done(files.writeFile('file', text));
  files.close();
}
