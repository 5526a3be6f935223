import type { MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { nodeDevices, partitions, volumes } from '../../../src/api/resources';
import { User } from './user';
import type { World } from './world';

/** Everybody's free space, by drive: one that was away may be back under another name. */
export async function freeSpace({ kube }: World): Promise<Record<string, number>> {
  const { items } = await kube.list(nodeDevices);
  const free: Record<string, number> = {};
  for (const { metadata, status } of items) {
    const drive = status?.deviceID ?? metadata.name;
    free[drive] = (free[drive] ?? 0) + (status?.freeBytes ?? 0);
  }
  return free;
}

/**
 * A world for the tests of this block, one for each or one for all. After each test everything is deleted, and
 * must then be as it was before: no object, nothing on any machine, all space free; and nothing may have been
 * seen meanwhile that must never be.
 */
export function useWorld<W extends World>(
  start: () => Promise<W>,
  { each = true } = {},
): { (): User; readonly world: () => W } {
  let world: W | undefined;
  let user: User;
  let free: Record<string, number>;
  const begin = async () => void (world = await start());
  const end = async () => {
    await world?.stop();
    world = undefined;
  };
  if (!each) beforeAll(begin);
  beforeEach(async () => {
    if (each) await begin();
    user = new User(world!);
    free = await world!.done(freeSpace(world!));
  });
  afterEach(async () => {
    try {
      if (world) await expectNothingLeft(world, user, free);
    } finally {
      if (each) await end();
    }
  });
  if (!each) afterAll(end);
  return Object.assign(() => user, { world: () => world! });
}

/** Ends what the user left, and expects the world as it was when all this space was free. */
export async function expectNothingLeft(world: World, user: User, free: object): Promise<void> {
  await user.cleanUp();
  await world.check();
  expect(await world.traces()).toEqual([]);
  const isOurs = ({ metadata, spec }: MeshStorVolume | MeshStorPartition) =>
    'nodeName' in spec && spec.nodeName !== undefined && 'volumeUID' in spec
      ? world.nodes.includes(spec.nodeName)
      : user.volumes.has(metadata.name);
  // An attempt at a claim that was refused may have been under way when the claim was deleted.
  await world.eventually('no volume and no partition to be left', async () => {
    const left = await Promise.all([world.kube.list(volumes), world.kube.list(partitions)]);
    return !left.flatMap(({ items }) => items as (MeshStorVolume | MeshStorPartition)[]).some(isOurs);
  });
  await world.eventually('all space to be reported free again', async () => {
    const now = await freeSpace(world);
    return Object.entries(free).every(([drive, bytes]) => now[drive] === bytes);
  });
}
