import { driveBytes } from '../../support/cluster/simulated-world';
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

/** Between planning and making a partition its node is started anew, and finds its drives under each other's names. */
const renamedDrives: Scenario = {
  name: 'renamed-drives',
  least: 2,
  world: { nodes: { ...machines(1), node2: { drives: [{ sizeBytes: driveBytes }, { sizeBytes: driveBytes }] } } },
  prepare: async ({ world }) => world.cluster.node('node2').process.kill(),
  act: async (stage) => {
    const machine = stage.world.machine('node2');
    const namesNow = () => machine.kernel.drives.list().map(({ drive, name }) => `${drive.id} ${name}`);
    const before = new Set(namesNow());
    const running = stage.running();
    await stage.until('a partition to be planned there', () => stage.copies.includes('node2'));
    do {
      machine.powerCut();
      machine.boot();
    } while (namesNow().some((name) => before.has(name)));
    await stage.world.done(stage.world.cluster.node('node2').process.start());
    await running;
  },
};

export const living: readonly Scenario[] = [provision, deletion, earlyDeletion, renamedDrives];
