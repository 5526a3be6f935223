import { VirtualWorld } from '../../test/support/cluster/virtual-world';
import { volumes } from '../../src/api/resources';
import { drives as fullDrives, nodes as fullNodes } from '../controller/sample';
import { atMost, plain } from '../figure';
import type { Suite } from '../suite';
import { FullSize } from './full-size';
import { createRequest } from '../volumes/request';

const nodes = 10;
const volumeCount = 40;
const minutes = 10;
const drives = [{ sizeBytes: 4096 * 1024 ** 3 }];
/** Every process of the product and every simulated kernel; the promise is made for more, which full-size.ts is for. */
const small = `${volumeCount} volumes on ${nodes} nodes`;
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
      const how = `${small}, one drive each, with simulated kernels; the whole product on the embedded API server`;
      return figuresOf(world.hooks.counters.requests, { scale: small, nodes, drives: nodes, how });
    } finally {
      await world.stop();
    }
  },
};

const fullVolumes = 10_000;

/** The same question at the size that the promise names. */
export const idleFull: Suite = {
  name: 'idle-full-size',
  async run(progress) {
    progress(`${fullVolumes} volumes on ${fullNodes} nodes: seeding, and correcting what the sample has wrong`);
    const world = await FullSize.start(fullVolumes);
    try {
      progress(`${minutes} minutes of nothing`);
      world.server.hooks.counters.reset();
      await world.time.pass(minutes * 60_000);
      const { failed, all } = await world.passes();
      if (failed > 0 || all < fullVolumes)
        throw new Error(`${failed} of ${all} passes failed: the stand-ins are wrong`);
      const scale = `${fullVolumes} volumes on ${fullNodes} nodes`;
      const how = `${fullVolumes} synced and attached volumes on ${fullNodes} nodes with ${fullDrives} drives each; the product's controller and node parts on the embedded API server, host agents replaced by stand-ins that answer as healthy ones`;
      const drives = fullNodes * fullDrives;
      return figuresOf(world.server.hooks.counters.requests, { scale, nodes: fullNodes, drives, how });
    } finally {
      world.stop();
    }
  },
};

interface Scale {
  readonly scale: string;
  readonly nodes: number;
  readonly drives: number;
  readonly how: string;
}

function figuresOf(requests: ReadonlyMap<string, number>, { scale, nodes: hosts, drives: all, how: where }: Scale) {
  const counted = [...requests];
  const sum = (matches: (request: string) => boolean) =>
    counted.reduce((total, [request, n]) => total + (matches(request) ? n : 0), 0);
  const isWrite = (request: string) => /^(create|update|patch|delete) /.test(request);
  const isHeartbeat = (request: string) => request === 'patch meshstornodedevices/status';
  const isLease = (request: string) => request.endsWith(' leases');
  const split = counted.map(([request, n]) => `${request} ${n}`).join(', ');
  const how = `${where}; requests in ${minutes} minutes of virtual time: ${split}`;
  const writes = sum((request) => isWrite(request) && !isHeartbeat(request) && !isLease(request));
  const figure = (what: string, value: number, unit: string) => ({ name: `Idle, ${scale}: ${what}`, value, unit, how });
  return [
    atMost(
      0,
      figure(
        'LISTs',
        sum((request) => request.startsWith('list ')),
        'requests',
      ),
    ),
    atMost(0, figure('writes besides heartbeats', writes, 'requests')),
    atMost(1, {
      ...figure(
        'Lease writes per node and 10 s',
        sum((request) => isWrite(request) && isLease(request)) / hosts / (minutes * 6),
        'writes',
      ),
      how: `${how}. The controller runs without leader election here`,
    }),
    plain(figure('heartbeats per drive and minute', sum(isHeartbeat) / all / minutes, 'writes')),
  ];
}
