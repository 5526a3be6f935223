import { machines, type Scenario } from '../stage';

/** A member is out of reach for a moment, is written past, and comes back by the bitmap. */
const comeBack: Scenario = {
  name: 'return',
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

/** The node where the volume is used loses its power for good; the volume is used elsewhere, and then it is back. */
const lostOwner: Scenario = {
  name: 'lost-owner',
  world: { nodes: machines(4) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider } = stage;
    stage.writer.abandon();
    stage.powerCut('node1');
    await stage.user.deletePod(stage.pod);
    await stage.detach('node1');
    await stage.start(provider);
    await stage.boot('node1');
    await stage.whole();
    await stage.migrationsDone();
  },
};

/** A provider whose drive forgets in a loss of power what was not flushed, restarts. */
const forgetfulRestart: Scenario = {
  name: 'volatile-cache',
  world: { nodes: machines(3, { volatileWriteCache: true }) },
  prepare: (stage) => stage.running(),
  act: async (stage) => {
    const { provider, copies } = stage;
    stage.powerCut(provider);
    await stage.boot(provider);
    await stage.whole(...copies);
  },
};

export const losing: readonly Scenario[] = [comeBack, replacement, lateReturn, lostOwner, forgetfulRestart];
