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

export const moving: readonly Scenario[] = [
  handover,
  ...[1, 2, 3].map(drain),
  swap,
  scale('scale-up', 2, 3),
  scale('scale-down', 3, 1),
  evacuation,
];
