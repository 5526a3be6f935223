import type { MeshStorNodeDevice, MeshStorVolume } from '../../../../api/model';
import { claimName, podName } from '../kubernetes';
import { blocksLeft } from '../media';
import type { Stage } from '../stage';
import type { Told } from '../teller';

/** Free space of every drive, by the name of its object. */
export type Free = ReadonlyMap<string, number>;

export const freeSpace = (devices: readonly MeshStorNodeDevice[]): Free =>
  new Map(devices.map(({ metadata, status }) => [metadata.name, status?.freeBytes ?? 0]));

/** Pod and claim are deleted; everything is gone, erased, and as free as before. */
export async function removal(
  stage: Stage,
  volume: MeshStorVolume,
  before: Free,
  signal: AbortSignal,
): Promise<Told<void>> {
  const { watch, kubernetes } = stage;
  const { seen } = watch;
  const during = freeSpace(seen.devices.objects);
  await kubernetes.deletePod();
  await watch.changes.until(() => (seen.pods.find(podName) ? undefined : true), signal);
  await kubernetes.deleteClaim();
  const { volumes, partitions, persistentVolumes, devices } = seen;
  const everything = [volumes, partitions, persistentVolumes];
  await watch.changes.until(() => (everything.every(({ objects }) => objects.length === 0) ? true : undefined), signal);
  await watch.changes.until(() => (same(freeSpace(devices.objects), before) ? true : undefined), signal);
  const used = (volume.status?.partitions ?? []).map(({ nodeID, device = '' }) => ({ node: nodeID, device }));
  const left = used.map(({ node, device }) => ({ node, device, blocks: blocksOn(stage, node, device) }));
  const dirty = left.find(({ blocks }) => blocks > 0);
  if (dirty) throw new Error(`${dirty.blocks} blocks on ${dirty.node}, ${dirty.device}, still hold something`);
  const names = used.map(({ node, device }) => `${node} ${device}`).join(' and ');
  return {
    value: undefined,
    said: [
      `pod/${podName} and persistentvolumeclaim/${claimName} deleted; volume and partitions are gone. ` +
        `${names} hold nothing but a partition table, and offer as much as before.`,
    ],
    result: {
      drives: left,
      freeBytes: { before: asObject(before), during: asObject(during), after: asObject(before) },
    },
    proven: `After the deletion, the drives are erased (no block left on ${names}) and all their space is free again.`,
  };
}

function blocksOn({ local }: Stage, node: string, device: string): number {
  const { machine } = local.cluster.node(node);
  const found = machine.kernel.drives.list().find(({ name }) => name === device);
  if (!found) throw new Error(`${node} has no drive ${device}`);
  return blocksLeft(found.drive);
}

const same = (a: Free, b: Free): boolean => a.size === b.size && [...a].every(([name, free]) => b.get(name) === free);
const asObject = (free: Free): Record<string, number> => Object.fromEntries(free);
