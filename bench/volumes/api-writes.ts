import { volumes } from '../../src/api/resources';
import { VirtualWorld } from '../../test/support/cluster/virtual-world';
import { atMost, plain, type Figure } from '../figure';
import type { Suite } from '../suite';
import { createRequest } from './request';

const GiB = 1024 ** 3;
const drives = Array.from({ length: 2 }, () => ({ sizeBytes: 4096 * GiB }));
const nodes = ['node1', 'node2', 'node3'];
const count = 32;
const latencyMs = 5;

interface Case {
  readonly what: string;
  /** What md copies at most: 1 GiB each. */
  readonly mdSyncKibPerSecond: number;
}
const cases: readonly Case[] = [
  { what: 'first synchronisation within a second', mdSyncKibPerSecond: 2_000_000 },
  { what: 'first synchronisation of five seconds', mdSyncKibPerSecond: 200_000 },
];

/** What the API server is asked to write for a volume, from CreateVolume until its phase is Synced. */
export const apiWrites: Suite = {
  name: 'api-writes',
  async run(progress) {
    const figures: Figure[] = [];
    for (const one of cases) {
      progress(`${count} volumes, ${one.what}`);
      figures.push(...(await figuresOf(one)));
    }
    return figures;
  },
};

async function figuresOf({ what, mdSyncKibPerSecond }: Case): Promise<Figure[]> {
  const requests = await writesOf(mdSyncKibPerSecond);
  const perVolume = [...requests].map(([request, n]) => [request, n / count] as const);
  const ours = perVolume.filter(([request]) => !request.includes('nodedevices'));
  const reports = perVolume.filter(([request]) => request.includes('nodedevices'));
  const total = (list: typeof perVolume) => list.reduce((sum, [, n]) => sum + n, 0);
  const split = ours.map(([request, n]) => `${request} ${n.toFixed(1)}`).join(', ');
  const how = `${count} two-copy volumes of 1 GiB created at once, API latency ${latencyMs} ms, virtual time; write requests up to phase Synced, refused ones included, without events and leases: ${split}`;
  return [
    atMost(8, { name: `API writes per volume, ${what}`, value: total(ours), unit: 'writes', how }),
    plain({
      name: `API writes of drive reports per volume, ${what}`,
      value: total(reports),
      unit: 'writes',
      how: 'the same run; one report a second and drive at most, whatever the number of volumes, and the heartbeats of three nodes',
    }),
  ];
}

async function writesOf(mdSyncKibPerSecond: number): Promise<Map<string, number>> {
  const machines = Object.fromEntries(nodes.map((name) => [name, { drives }]));
  const world = await VirtualWorld.start({ nodes: machines, timings: { mdSyncKibPerSecond } });
  try {
    await world.pass(30_000);
    world.hooks.latency = () => latencyMs;
    world.hooks.counters.reset();
    const { createVolume } = world.csi.controller;
    const create = (_: unknown, n: number) => createVolume(createRequest(`pvc-${n}`, nodes[n % nodes.length]!), {});
    await world.done(Promise.all(Array.from({ length: count }, create)));
    const phases = () =>
      [...world.server.store.table(`${volumes.plural}.${volumes.group}`).range('')].map(
        ([, { object }]) => (object.status as { phase?: string } | undefined)?.phase,
      );
    await world.eventually('every volume to be in sync', async () => phases().every((phase) => phase === 'Synced'));
    const written = [...world.hooks.counters.requests].filter(([request]) => isWrite(request));
    return new Map(written);
  } finally {
    await world.stop();
  }
}

const isWrite = (request: string): boolean => /^(create|update|patch|delete) (?!events|leases)/.test(request);
