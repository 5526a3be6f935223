import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostClient } from '../../../src/host/rpc/client';
import { serveHost } from '../../../src/host/rpc/server';
import { SimWorld, type SimNode } from '../../../src/host/sim';
import { systemClock } from '../../../src/runtime/clock';
import { seeded } from './seeded';
import { contractNode, contractWorld, simAbilities, simDrives, Time } from './sim-world';
import { describeHostContract } from './suite';
import type { ContractNode, ContractWorld } from './world';

describeHostContract('simulated, behind its socket', simAbilities, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'host-'));
  const time = new Time();
  const sim = new SimWorld({ clock: time.clock, random: seeded(1) });
  const closers: (() => Promise<void> | void)[] = [() => rm(folder, { recursive: true })];
  // Virtual time moves while the agent itself is at work, and stands still while messages are on their way.
  const served = async (node: SimNode): Promise<ContractNode> => {
    const socketPath = join(folder, node.name);
    const server = await serveHost({ socketPath, agent: time.driving(node.agent), clock: systemClock });
    const client = hostClient({ socketPath, clock: systemClock });
    closers.unshift(
      () => client.close(),
      () => server.close(0),
    );
    return contractNode(node, () => client.agent);
  };
  const nodes: ContractNode[] = [];
  for (const name of ['a', 'b', 'c']) nodes.push(await served(sim.addNode(name, { drives: simDrives })));
  const world = contractWorld(sim, time, nodes as unknown as ContractWorld['nodes']);
  return {
    ...world,
    async close() {
      await world.close();
      for (const close of closers) await close();
    },
  };
});
