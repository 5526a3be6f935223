import { machines, type Scenario } from '../stage';

/** From a claim to a pod that writes on a whole volume. */
const provision: Scenario = {
  name: 'provision',
  least: 2,
  world: { nodes: machines(3) },
  prepare: async () => undefined,
  act: (stage) => stage.running(),
};

const deletion: Scenario = {
  name: 'deletion',
  least: 2,
  world: { nodes: machines(3) },
  prepare: async (stage) => {
    await stage.running();
    await stage.stop();
  },
  act: (stage) => stage.delete(),
};

/** The volume is deleted while its second copy is being made. */
const earlyDeletion: Scenario = {
  name: 'early-deletion',
  least: 1,
  world: { nodes: machines(3), timings: { mdSyncKibPerSecond: 20_000 } },
  prepare: async (stage) => {
    stage.claim = await stage.user.claim();
    await stage.start('node1');
    await stage.until('the second copy to be under way', () => stage.volume.status?.phase === 'Syncing');
    await stage.stop();
  },
  act: (stage) => stage.delete(),
};

export const living: readonly Scenario[] = [provision, deletion, earlyDeletion];
