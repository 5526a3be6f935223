import { machines, type Scenario } from '../stage';

/** From a claim to a pod that writes on a whole volume. */
const provision: Scenario = {
  name: 'provision',
  world: { nodes: machines(3) },
  prepare: async () => undefined,
  act: (stage) => stage.running(),
};

/** The pod goes where no copy is, and a copy follows it. */
const drain = (copies: number): Scenario => ({
  name: `drain-${copies}`,
  world: { nodes: machines(4) },
  prepare: (stage) => stage.running({ copies }),
  act: async (stage) => {
    const { bare, copies: before } = stage;
    await stage.stop();
    await stage.start(bare);
    await stage.whole(bare, ...before.filter((node) => node !== 'node1'));
  },
});

export const basics: readonly Scenario[] = [provision, drain(1), drain(2), drain(3)];
