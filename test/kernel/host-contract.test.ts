import { describeHostContract } from '../contract/host/suite';
import type { ContractNode, ContractWorld } from '../contract/host/world';
import { startLab, type Lab } from '../lab';
import { LabAgents } from './host/agents';
import { cleanNode } from './host/clean';
import { contractNode } from './host/node';

/** The contract's tests wait for what they expect; this is only against a test that waits for ever. */
jest.setTimeout(300_000);

/** Of the drives, the third has large sectors. */
const drives = [{ sizeMiB: 1100 }, { sizeMiB: 1100 }, { sizeMiB: 1100, sectorSize: 4096 }] as const;
const logs = process.env['MESHSTOR_LAB_LOGS'];

let lab: Lab;
const agents = new LabAgents();
let nodes: ContractWorld['nodes'];

beforeAll(async () => {
  lab = await startLab({ nodes: 3, drives, ...(logs === undefined ? {} : { logs }) });
  const made: ContractNode[] = [];
  for (const node of lab.nodes) {
    const agent = await agents.start(node);
    made.push(contractNode(node, agent, async () => void (await agents.start(node))));
  }
  nodes = made as unknown as ContractWorld['nodes'];
}, 300_000);

afterAll(async () => {
  await agents.close();
  await lab?.close();
});

const real = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** One lab for all tests; each leaves it as it was. */
async function makeWorld(): Promise<ContractWorld> {
  return {
    nodes,
    cutLink: (a, b) => lab.setApart(a.name, b.name),
    healLink: () => lab.setApart(),
    pass: real,
    async eventually(look, limitMs = 60_000) {
      for (const until = Date.now() + limitMs; ; await real(100)) {
        try {
          return await look();
        } catch (error) {
          if (Date.now() > until) throw error;
        }
      }
    },
    async close() {
      await lab.setApart();
      for (const [i, node] of lab.nodes.entries()) {
        if (!(await node.isUp())) await nodes[i]!.boot();
      }
      await Promise.all(lab.nodes.map(cleanNode));
    },
  };
}

describeHostContract('on Linux', { power: true, hang: true, pull: true, largeSectors: true }, makeWorld);
