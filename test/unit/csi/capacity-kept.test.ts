import { layoutOf, memberDataOffsetBytes } from '../../../src/api/layout';
import { nodeDevices } from '../../../src/api/resources';
import { candidates, Promises, Unreported } from '../../../src/controllers/volume/cluster/space';
import { Liveness } from '../../../src/controllers/liveness';
import { place } from '../../../src/controllers/volume/cluster/placement';
import { GetCapacityRequest } from '../../../src/csi/gen/csi';
import { GiB } from '../../support/csi/requests';
import { World } from '../../support/csi/world';

const MiB = 1024 ** 2;
const stale = '2025-12-31T23:58:59Z';
const judged = (status: 'True' | 'False') => ({
  conditions: [{ type: 'Usable', status, reason: '', message: '', lastTransitionTime: '' }],
});

/** n1 has drives of 10 and 5 GiB, n2 of 40 and 30; both are alive. */
function world(changed: object, spec: object): World {
  const world = new World([]);
  const room = (gib: number) => {
    const bytes = gib * GiB + memberDataOffsetBytes;
    return { biggestUsableFreeBytes: bytes, freeBytes: bytes };
  };
  world.addDrive('n1', 'nvme0n1', room(10));
  world.addDrive('n1', 'nvme1n1', room(5));
  world.addDrive('n2', 'nvme0n1', { ...room(40), ...changed }, spec);
  world.addDrive('n2', 'nvme1n1', room(30));
  return world;
}

/** Whether the leader would place a volume of this size now, by the same objects. */
function isPlaced({ kube, clock, dead }: World, capacityBytes: number, copies: number, drivesPerCopy: number): boolean {
  const liveness = new Liveness(clock);
  for (const node of ['n1', 'n2']) {
    const metadata = { name: `meshstor-node-${node}` };
    if (!dead.has(node)) liveness.observe({ metadata, spec: { renewTime: new Date(clock.now()).toISOString() } });
  }
  const partitions = { get: () => undefined, list: () => [], byIndex: () => [] };
  const drives = { partitions, devices: kube.lister(nodeDevices), liveness, clock };
  const { partitionBytes } = layoutOf({ capacityBytes, numberOfCopies: copies, drivesPerCopy });
  const wish = { copies, drivesPerCopy, partitionBytes, sectorSize: undefined, zones: [], chosen: [] };
  const all = candidates({ ...drives, promises: new Promises(), unreported: new Unreported(clock) });
  return place({ ...wish, preferredNode: undefined }, all).ok;
}

const shapes = [
  [1, 1],
  [2, 1],
  [1, 2],
  [2, 2],
] as const;

describe('what GetCapacity promises', () => {
  describe.each<[string, object, object, readonly string[], number[]]>([
    ['while nothing is the matter', {}, {}, [], [40, 10, 60, 10]],
    ['with a cordoned drive', {}, { cordoned: true }, [], [30, 10, 10, 0]],
    ['with a drive that is being evacuated', {}, { evacuate: true }, [], [30, 10, 10, 0]],
    ['with a drive that cannot be used', judged('False'), {}, [], [30, 10, 10, 0]],
    ['with a drive that nobody judged yet', { conditions: [] }, {}, [], [30, 10, 10, 0]],
    ['with a stale drive beside a fresh one', { updatedAt: stale }, {}, [], [30, 10, 10, 0]],
    ['with a drive that was never reported', { updatedAt: undefined }, {}, [], [30, 10, 10, 0]],
    ['with a drive of another sector size', { sectorSize: 4096 }, {}, [], [40, 10, 10, 0]],
    ['with a dead node whose drives look fresh', {}, {}, ['n2'], [10, 0, 10, 0]],
  ])('%s', (_, status, spec, dead, promised) => {
    test.each(shapes.map(([copies, drives], index) => [copies, drives, promised[index]!] as const))(
      'for %i copies on %i drives each is placed, and no more would be',
      async (numberOfCopies, drivesPerCopy, gib) => {
        const here = world(status, spec);
        for (const node of dead) here.dead.add(node);
        const parameters = { numberOfCopies: `${numberOfCopies}`, drivesPerCopy: `${drivesPerCopy}` };
        const { maximumVolumeSize } = await here.controller.getCapacity(
          GetCapacityRequest.fromPartial({ parameters }),
          here.call(),
        );
        expect(maximumVolumeSize).toBe(gib * GiB);
        if (gib > 0) expect(isPlaced(here, gib * GiB, numberOfCopies, drivesPerCopy)).toBe(true);
        expect(isPlaced(here, gib * GiB + drivesPerCopy * MiB, numberOfCopies, drivesPerCopy)).toBe(false);
      },
    );
  });
});
