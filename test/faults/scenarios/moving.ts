import { nodeDevices } from '../../../src/api/resources';
import { machines, type Scenario } from '../stage';

const world = { nodes: machines(4) };

/** The pod goes where the other copy is. */
const handover: Scenario = {
  name: 'handover',
  least: 2,
  world: { nodes: machines(3) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, copies } = stage;
    await stage.stop();
    await stage.start(provider);
    await stage.whole(...copies);
  },
};

/** Somebody edits which node is to have the volume while it is used; then the pod follows. */
const takenAway: Scenario = {
  name: 'taken-away',
  least: 2,
  world: { nodes: machines(3) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, copies } = stage;
    await stage.edit({ nodeName: provider });
    await stage.world.pass(15_000);
    await stage.stop();
    await stage.start(provider);
    await stage.whole(...copies);
  },
};

/** The pod goes where no copy is, and a copy follows it. */
const drain = (copies: number): Scenario => ({
  name: `drain-${copies}`,
  least: copies,
  world,
  prepare: (stage) => stage.running({ copies }),
  act: async (stage) => {
    const { bare, copies: before } = stage;
    await stage.stop();
    await stage.start(bare);
    await stage.whole(bare, ...before.filter((node) => node !== 'node1'));
    await stage.migrationsDone();
  },
});

/** Somebody edits where the copies are to be. */
const swap: Scenario = {
  name: 'swap',
  least: 2,
  world,
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { bare } = stage;
    await stage.edit({ placement: [{ nodeName: 'node1' }, { nodeName: bare }] });
    await stage.whole('node1', bare);
    await stage.migrationsDone();
  },
};

const scale = (name: string, from: number, to: number): Scenario => ({
  name,
  least: Math.min(from, to),
  world,
  prepare: (stage) => stage.running({ copies: from }),
  act: async (stage) => {
    await stage.edit({ numberOfCopies: to });
    await stage.until(`${to} copies`, () => stage.copies.length === to);
    await stage.whole();
    await stage.migrationsDone();
  },
});

/** A drive is to be emptied. */
const evacuation: Scenario = {
  name: 'evacuation',
  least: 2,
  world,
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, world: here } = stage;
    const { spec } = stage.partitions.find((partition) => partition.spec.nodeName === provider)!;
    const drive = `${provider}-${spec.device}`;
    await here.done(here.kube.patch(nodeDevices, drive, { spec: { evacuate: true } }, { fieldManager: 'somebody' }));
    await stage.until('the drive to be empty', () => !stage.copies.includes(provider));
    await stage.whole();
    await stage.migrationsDone();
  },
};

/** So slow that a copy is under way for a while. */
const slowly = { ...world, timings: { mdSyncKibPerSecond: 20_000 } };

/** A move is paused when it is under way, for longer than it would have taken, and goes on. */
const pause: Scenario = {
  name: 'pause',
  least: 2,
  world: slowly,
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { bare, provider } = stage;
    const move = await stage.moving(provider, bare);
    await stage.editMove(move, { paused: true });
    await stage.world.pass(60_000);
    await stage.editMove(move, { paused: false });
    await stage.whole('node1', bare);
    await stage.migrationsDone();
  },
};

/** A move is cancelled when it is under way: everything is as it was. */
const cancel: Scenario = {
  name: 'cancel',
  least: 2,
  world: slowly,
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { bare, provider, copies } = stage;
    const move = await stage.moving(provider, bare);
    await stage.editMove(move, { cancelled: true });
    await stage.migrationsDone();
    await stage.whole(...copies);
  },
};

export const moving: readonly Scenario[] = [
  handover,
  takenAway,
  ...[1, 2, 3].map(drain),
  swap,
  scale('scale-up', 2, 3),
  scale('scale-down', 3, 1),
  evacuation,
  pause,
  cancel,
];
