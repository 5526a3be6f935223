import { machines, type Scenario, type Stage } from '../stage';

/** A member is out of reach for a moment, is written past, and comes back by the bitmap. */
const comeBack: Scenario = {
  name: 'return',
  least: 1,
  world: { nodes: machines(3) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, copies } = stage;
    stage.cut(provider);
    await stage.until('the loss to be on record', () => stage.inSync.length === 1);
    stage.heal(provider);
    await stage.whole(...copies);
  },
};

/** A member is away for longer than is waited for, and what is left of it is erased when it is back. */
const replacement: Scenario = {
  name: 'replacement',
  least: 1,
  world: { nodes: machines(4) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider } = stage;
    stage.powerCut(provider);
    await stage.until(
      'another to hold every write',
      () => stage.inSync.length === 2 && !stage.inSync.includes(provider),
    );
    await stage.boot(provider);
    await stage.until('what was left to be erased', () => !stage.copies.includes(provider));
    await stage.whole();
  },
};

/** A member comes back when another one is being made in its place. */
const lateReturn: Scenario = {
  name: 'late-return',
  least: 1,
  anywhere: true,
  world: { nodes: machines(4) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider } = stage;
    stage.powerCut(provider);
    await stage.until('another partition', () => stage.copies.length === 3);
    await stage.boot(provider);
    await stage.until('one of them to be given up', () => stage.copies.length === 2);
    await stage.whole();
    await stage.migrationsDone();
  },
};

/** The node where the volume is used loses its power; the volume is used elsewhere, and then the node is back. */
const lostOwner: Scenario = {
  name: 'lost-owner',
  least: 1,
  world: { nodes: machines(4) },
  prepare: (stage) => stage.running({ patience: 3_600 }),
  act: async (stage) => {
    const { provider, copies } = stage;
    await moveFromDead(stage, provider);
    await stage.boot('node1');
    await stage.whole(...copies);
    await stage.detached('node1');
  },
};

/** The same, and the node stays away for so long that its copy is made elsewhere. */
const replacedOwner: Scenario = {
  name: 'replaced-owner',
  least: 1,
  world: { nodes: machines(4) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider } = stage;
    await moveFromDead(stage, provider);
    await stage.until(
      'another to hold every write',
      () => stage.inSync.length === 2 && !stage.inSync.includes('node1'),
    );
    await stage.boot('node1');
    await stage.until('what was left to be erased', () => !stage.copies.includes('node1'));
    await stage.whole();
    await stage.detached('node1');
  },
};

async function moveFromDead(stage: Stage, to: string): Promise<void> {
  stage.writer.abandon();
  stage.powerCut('node1');
  await stage.user.deletePod(stage.pod);
  await stage.detach('node1');
  await stage.start(to);
}

/** A member is out of reach, is written past, and is there again when the volume is used elsewhere: on its own node. */
const outdatedHalf: Scenario = {
  name: 'outdated-half',
  least: 1,
  world: { nodes: machines(3) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, copies } = stage;
    stage.cut(provider);
    await stage.until('the loss to be on record', () => stage.inSync.length === 1);
    await stage.world.pass(5_000);
    await stage.stop();
    stage.heal(provider);
    await stage.start(provider);
    await stage.whole(...copies);
  },
};

/** The only copy is on another node, which restarts: I/O waits, and goes on. */
const onlyCopy: Scenario = {
  name: 'only-copy',
  least: 1,
  world: { nodes: machines(3) },
  prepare: async (stage) => {
    await stage.running({ copies: 1 });
    await stage.edit({ followConsumer: false });
    await stage.stop();
    await stage.start('node2');
    await stage.whole();
  },
  act: async (stage) => {
    stage.powerCut('node1');
    await stage.world.pass(15_000);
    await stage.boot('node1');
    await stage.whole('node1');
  },
};

/** A provider whose drive forgets in a loss of power what was not flushed, restarts. */
const forgetfulRestart: Scenario = {
  name: 'volatile-cache',
  least: 1,
  world: { nodes: machines(3, { volatileWriteCache: true }) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, copies } = stage;
    stage.powerCut(provider);
    await stage.boot(provider);
    await stage.whole(...copies);
  },
};

/** The same while the owner cannot record it: the drive is back before anybody could write down that it was away. */
const unseenRestart: Scenario = {
  name: 'unrecorded-restart',
  least: 1,
  world: { nodes: machines(3, { volatileWriteCache: true }) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, copies } = stage;
    stage.isolate('node1', { but: provider });
    stage.powerCut(provider);
    await stage.boot(provider);
    await stage.world.pass(5_000);
    stage.rejoin('node1');
    await stage.whole(...copies);
  },
};

/** Owner and provider lose their power at once, both with drives that forget; the volume is used at the provider. */
const allRestart: Scenario = {
  name: 'all-restart',
  least: 1,
  world: { nodes: machines(3, { volatileWriteCache: true }) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, copies } = stage;
    stage.writer.abandon();
    for (const node of [provider, 'node1']) stage.powerCut(node);
    for (const node of [provider, 'node1']) await stage.boot(node);
    await stage.user.deletePod(stage.pod);
    await stage.detach('node1');
    await stage.start(provider);
    await stage.whole(...copies);
    await stage.detached('node1');
  },
};

export const losing: readonly Scenario[] = [
  comeBack,
  replacement,
  lateReturn,
  lostOwner,
  replacedOwner,
  outdatedHalf,
  onlyCopy,
  forgetfulRestart,
  unseenRestart,
  allRestart,
];
