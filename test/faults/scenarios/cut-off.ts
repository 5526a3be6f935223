import { machines, type Scenario, type Stage } from '../stage';

/** Longer than a process takes to hear again what it missed. */
const hearingMs = 60_000;

/**
 * The node where the volume is used reaches nobody but its provider, and its pod writes on; the volume is used there,
 * and from when the provider obeys another, no write of the former pod is answered.
 */
async function moveFromCutOff(stage: Stage, provider: string): Promise<() => Promise<void>> {
  stage.isolate('node1', { but: provider });
  await stage.world.pass(15_000);
  const endFormer = stage.writer.leaveBehind();
  await stage.user.deletePod(stage.pod);
  await stage.detach('node1');
  await stage.start(provider);
  await stage.world.pass(5_000);
  return async () => {
    stage.rejoin('node1');
    await stage.world.pass(hearingMs);
    endFormer();
    // What waits in a frozen device ends with its kernel.
    stage.powerCut('node1');
    await stage.boot('node1');
  };
}

/** It hears of everybody again, is started anew, and provides its copy. */
const cutOff: Scenario = {
  name: 'cut-off-owner',
  least: 1,
  world: { nodes: machines(4) },
  prepare: (stage) => stage.running({ patience: 3_600 }),
  act: async (stage) => {
    const { provider, copies } = stage;
    const rejoin = await moveFromCutOff(stage, provider);
    await rejoin();
    await stage.whole(...copies);
    await stage.detached('node1');
  },
};

/** The volume is the node's again before it hears of it, and its array is the former one. */
const returned: Scenario = {
  name: 'owner-again',
  least: 1,
  world: { nodes: machines(4) },
  prepare: (stage) => stage.running({ patience: 3_600 }),
  act: async (stage) => {
    const { provider, copies } = stage;
    const rejoin = await moveFromCutOff(stage, provider);
    await stage.stop();
    await stage.edit({ nodeName: 'node1' });
    const isOwners = () => stage.volume.status?.owner?.nodeName === 'node1';
    await stage.until('the volume to be its again', isOwners);
    await rejoin();
    await stage.whole();
    await stage.edit({ nodeName: null });
    await stage.start(provider);
    await stage.whole(...copies);
    await stage.detached('node1');
  },
};

export const cutOffOwners: readonly Scenario[] = [cutOff, returned];
