import { VirtualWorld } from '../../test/support/cluster/virtual-world';
import { volumes } from '../../src/api/resources';
import { atMost, plain, type Figure } from '../figure';
import type { Suite } from '../suite';
import { createRequest } from '../volumes/request';

const nodes = 10;
const volumeCount = 40;
const minutes = 10;
const drives = [{ sizeBytes: 4096 * 1024 ** 3 }];
/** In every name: the promise is made for 10,000 volumes on 100 nodes, and this is not that. */
const scale = `Idle, ${volumeCount} volumes on ${nodes} nodes`;
const names = Array.from({ length: nodes }, (_, n) => `node${n + 1}`);

/** What a cluster in which nothing happens asks of the API server. */
export const idle: Suite = {
  name: 'idle',
  async run(progress) {
    const world = await VirtualWorld.start({ nodes: Object.fromEntries(names.map((name) => [name, { drives }])) });
    try {
      progress(`creating ${volumeCount} volumes on ${nodes} nodes`);
      const { createVolume } = world.csi.controller;
      const create = (_: unknown, n: number) => createVolume(createRequest(`pvc-${n}`, names[n % nodes]!), {});
      await world.done(Promise.all(Array.from({ length: volumeCount }, create)));
      const table = world.server.store.table(`${volumes.plural}.${volumes.group}`);
      const phases = () => [...table.range('')].map(([, { object }]) => (object.status as { phase?: string }).phase);
      await world.eventually('every volume to be in sync', async () => phases().every((phase) => phase === 'Synced'));
      await world.pass(60_000);
      progress(`${minutes} minutes of nothing`);
      world.hooks.counters.reset();
      await world.pass(minutes * 60_000);
      return figuresOf(world.hooks.counters.requests);
    } finally {
      await world.stop();
    }
  },
};

function figuresOf(requests: ReadonlyMap<string, number>): Figure[] {
  const all = [...requests];
  const sum = (matches: (request: string) => boolean) =>
    all.reduce((total, [request, n]) => total + (matches(request) ? n : 0), 0);
  const isWrite = (request: string) => /^(create|update|patch|delete) /.test(request);
  const isHeartbeat = (request: string) => request === 'patch meshstornodedevices/status';
  const isLease = (request: string) => request.endsWith(' leases');
  const periods = minutes * 6;
  const split = all.map(([request, n]) => `${request} ${n}`).join(', ');
  const how = `${volumeCount} synced volumes, ${nodes} nodes with one drive, ${minutes} minutes of virtual time, the whole product on the embedded API server: ${split}`;
  return [
    atMost(0, { name: `${scale}: LISTs`, value: sum((request) => request.startsWith('list ')), unit: 'requests', how }),
    atMost(0, {
      name: `${scale}: writes besides heartbeats`,
      value: sum((request) => isWrite(request) && !isHeartbeat(request) && !isLease(request)),
      unit: 'requests',
      how,
    }),
    atMost(1, {
      name: `${scale}: Lease writes per node and 10 s`,
      value: sum((request) => isWrite(request) && isLease(request)) / nodes / periods,
      unit: 'writes',
      how: `${how}. The controller runs without leader election here`,
    }),
    plain({
      name: `${scale}: heartbeats per drive and minute`,
      value: sum(isHeartbeat) / nodes / minutes,
      unit: 'writes',
      how,
    }),
  ];
}
