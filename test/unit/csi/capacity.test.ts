import { memberDataOffsetBytes } from '../../../src/api/layout';
import { nodeDevices } from '../../../src/api/resources';
import { GetCapacityRequest } from '../../../src/csi/gen/csi';
import { block, GiB } from '../../support/csi/requests';
import { outcome, World } from '../../support/csi/world';

const MiB = 1024 ** 2;
const nodeKey = 'topology.csi.meshstor.io/node';
const zoneKey = 'topology.kubernetes.io/zone';

const ask = (world: World, segments?: Record<string, string>, parameters: Record<string, string> = {}) =>
  world.controller.getCapacity(
    GetCapacityRequest.fromPartial({ parameters, ...(segments && { accessibleTopology: { segments } }) }),
    world.call(),
  );

const largest = async (...args: Parameters<typeof ask>) => (await ask(...args)).maximumVolumeSize! / GiB;
const room = (gib: number) => ({
  biggestUsableFreeBytes: gib * GiB + memberDataOffsetBytes,
  freeBytes: gib * GiB + memberDataOffsetBytes,
});

/** n1 has 10 GiB, n2 40, n3 20; each in a zone of its own. */
function world(): World {
  const world = new World([]);
  for (const [node, gib] of [
    ['n1', 10],
    ['n2', 40],
    ['n3', 20],
  ] as const) {
    world.addDrive(node, 'nvme0n1', room(gib));
  }
  return world;
}

describe('GetCapacity', () => {
  it.each<[string, Record<string, string> | undefined, Record<string, string>, number]>([
    ['anywhere, two copies', undefined, {}, 20],
    ['anywhere, one copy', undefined, { numberOfCopies: '1' }, 40],
    ['anywhere, three copies', undefined, { numberOfCopies: '3' }, 10],
    ['anywhere, four copies', undefined, { numberOfCopies: '4' }, 0],
    ['first copy on n1', { [nodeKey]: 'n1' }, {}, 10],
    ['first copy on n2', { [nodeKey]: 'n2' }, {}, 20],
    ['only copy on n2', { [nodeKey]: 'n2' }, { replicaCount: '1' }, 40],
    ['a node that is not there', { [nodeKey]: 'n9' }, {}, 0],
    ['a node with its zone: the second copy may leave it', { [nodeKey]: 'n2', [zoneKey]: 'zone-n2' }, {}, 20],
    ['a node with another zone', { [nodeKey]: 'n2', [zoneKey]: 'zone-n1' }, {}, 0],
    ['all copies in a zone of one node', { [zoneKey]: 'zone-n2' }, {}, 0],
    ['one copy in a zone', { [zoneKey]: 'zone-n2' }, { numberOfCopies: '1' }, 40],
    ['drives per copy that no node has', undefined, { drivesPerCopy: '2' }, 0],
    ['a sector size that no drive has', undefined, { sectorSize: '4096' }, 0],
  ])('%s', async (_, segments, parameters, gib) => {
    expect(await largest(world(), segments, parameters)).toBe(gib);
  });

  it('never mixes sector sizes in one volume', async () => {
    const mixed = world();
    mixed.addDrive('n4', 'nvme0n1', { ...room(100), sectorSize: 4096 });
    expect(await largest(mixed)).toBe(20);
    mixed.addDrive('n5', 'nvme0n1', { ...room(90), sectorSize: 4096 });
    expect(await largest(mixed)).toBe(90);
    expect(await largest(mixed, undefined, { sectorSize: '512' })).toBe(20);
  });

  it.each<[string, object, object]>([
    ['cordoned', {}, { cordoned: true }],
    ['being evacuated', {}, { evacuate: true }],
    [
      'not usable',
      { conditions: [{ type: 'Usable', status: 'False', reason: 'Foreign', message: '', lastTransitionTime: '' }] },
      {},
    ],
    ['not reported for more than a minute', { updatedAt: '2025-12-31T23:58:59Z' }, {}],
    ['not reported at all', { updatedAt: undefined }, {}],
    ['not judged by its node yet', { conditions: [] }, {}],
  ])('counts no drive that is %s', async (_, status, spec) => {
    const world = new World([]);
    world.addDrive('n1', 'nvme0n1', { ...room(50), ...status }, spec);
    expect(await ask(world, undefined, { numberOfCopies: '1' })).toEqual({
      availableCapacity: 0,
      maximumVolumeSize: 0,
      minimumVolumeSize: 512 * MiB,
    });
  });

  it('counts no drive of a node that is dead, though its report is fresh', async () => {
    const orphaned = world();
    orphaned.dead.add('n2');
    expect(await largest(orphaned, undefined, { numberOfCopies: '1' })).toBe(20);
  });

  it('counts no drive that is stale because another of its node is not', async () => {
    const half = world();
    half.addDrive('n1', 'nvme1n1', { ...room(90), updatedAt: '2025-12-31T23:58:59Z' });
    expect(await largest(half, { [nodeKey]: 'n1' }, { numberOfCopies: '1' })).toBe(10);
  });

  it('tells what is free altogether, besides the largest volume', async () => {
    const fragmented = new World([]);
    fragmented.addDrive('n1', 'nvme0n1', { ...room(10), freeBytes: 30 * GiB });
    const { availableCapacity, maximumVolumeSize } = await ask(fragmented, undefined, { numberOfCopies: '1' });
    expect([availableCapacity, maximumVolumeSize]).toEqual([30 * GiB, 10 * GiB]);
  });

  it.each([[{}], [{ sectorSize: '512' }]])('tells nothing while the cache is being filled (%j)', async (parameters) => {
    const early = world();
    early.kube.hasSynced = false;
    expect(await outcome(ask(early, undefined, parameters))).toMatch(/^UNAVAILABLE/);
  });

  it('answers from memory', async () => {
    const quiet = world();
    quiet.kube.calls.length = 0;
    await ask(quiet);
    expect(quiet.kube.calls).toEqual([]);
    expect(quiet.kube.all(nodeDevices)).toHaveLength(3);
  });

  it('refuses parameters and capabilities that no volume could have', async () => {
    expect(await outcome(ask(world(), undefined, { numberOfCopies: '0' }))).toMatch(/^INVALID_ARGUMENT: parameter/);
    const request = GetCapacityRequest.fromPartial({ volumeCapabilities: [block('MULTI_NODE_READER_ONLY')] });
    expect(await outcome(world().controller.getCapacity(request, world().call()))).toMatch(/^INVALID_ARGUMENT/);
  });
});
