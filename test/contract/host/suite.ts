import { describeArrays } from './arrays';
import { describeAssembly } from './assembly';
import { describeDeadlines } from './deadlines';
import { describeDrives } from './drives';
import { describeEvents } from './events';
import { describeExports } from './exports';
import { describeFencing } from './fencing';
import { describeFileSystems } from './file-systems';
import { describeImports } from './imports';
import { describeInput } from './input';
import { describeMembers } from './members';
import { describeMounts } from './mounts';
import { describePartitions } from './partitions';
import { describePathLoss } from './path-loss';
import { describePower } from './power';
import { describeReplace } from './replace';
import { describeReturn } from './return';
import { describeRoles } from './roles';
import { describeStacks } from './stacks';
import { describeVolumeDevice } from './volume-device';
import { describeWipe } from './wipe';
import { TestVolume } from './volume';
import type { Abilities, ContractNode, ContractWorld } from './world';

/** What every test of the contract has at hand: a fresh world, and a volume of its own in it. */
export interface Bench {
  readonly world: ContractWorld;
  readonly can: Abilities;
  readonly a: ContractNode;
  readonly b: ContractNode;
  readonly c: ContractNode;
  readonly volume: TestVolume;
  anotherVolume(): TestVolume;
}

/**
 * The host agent's contract (src/host/proto/host.proto), told as tests. Every implementation passes all of it,
 * in a world that `makeWorld` gives before each test and that closes after it.
 */
export function describeHostContract(name: string, can: Abilities, makeWorld: () => Promise<ContractWorld>): void {
  describe(`host agent: ${name}`, () => {
    let world: ContractWorld;
    let volume: TestVolume;
    beforeEach(async () => {
      world = await makeWorld();
      volume = new TestVolume(world);
    });
    afterEach(() => world.close());
    const bench: Bench = {
      can,
      get world() {
        return world;
      },
      get a() {
        return world.nodes[0];
      },
      get b() {
        return world.nodes[1];
      },
      get c() {
        return world.nodes[2];
      },
      get volume() {
        return volume;
      },
      anotherVolume: () => new TestVolume(world),
    };
    for (const part of parts) part(bench);
  });
}

const parts = [
  describeDrives,
  describePartitions,
  describeWipe,
  describeExports,
  describeImports,
  describeFencing,
  describeMembers,
  describeStacks,
  describeArrays,
  describeAssembly,
  describeReplace,
  describeRoles,
  describeReturn,
  describePathLoss,
  describeVolumeDevice,
  describeFileSystems,
  describeMounts,
  describeEvents,
  describeDeadlines,
  describePower,
  describeInput,
];

/** A test for worlds that are able to; elsewhere it shows as skipped. */
export const itIf = (able: boolean): jest.It => (able ? it : it.skip);
