import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { leasesNow, nodeDevice } from './sample-nodes';
import { drives, nodes, sample } from './sample';

/**
 * A process of its own: serves lists of the sample cluster page by page, and watches in which nothing happens.
 * Prints its port. `/writes` tells how often anybody wanted to write anything.
 */
const volumes = Number(process.argv[2]);
const items: Record<string, string[]> = { meshstorvolumes: [], meshstorpartitions: [], meshstornodedevices: [] };
for (let n = 0; n < volumes; n++) {
  const { volume, partitions } = sample(n);
  items.meshstorvolumes!.push(JSON.stringify(volume));
  items.meshstorpartitions!.push(...partitions.map((partition) => JSON.stringify(partition)));
}
for (let node = 0; node < nodes; node++) {
  for (let drive = 0; drive < drives; drive++) {
    items.meshstornodedevices!.push(JSON.stringify(nodeDevice(node, drive)));
  }
}
let writes = 0;

const server = createServer((request, response) => {
  const url = new URL(request.url!, 'http://server');
  const plural = url.pathname.split('/').at(-1)!;
  response.setHeader('content-type', 'application/json');
  if (plural === 'writes') return void response.end(String(writes));
  if (request.method !== 'GET') {
    writes++;
    request.pipe(response);
    return;
  }
  if (url.searchParams.get('watch')) return void response.flushHeaders();
  const list = plural === 'leases' ? leasesNow().map((lease) => JSON.stringify(lease)) : (items[plural] ?? []);
  const start = Number(url.searchParams.get('continue') ?? 0);
  const end = start + Number(url.searchParams.get('limit') ?? list.length);
  const metadata = { resourceVersion: '9999999', ...(end < list.length ? { continue: String(end) } : {}) };
  const page = list.slice(start, end).join(',');
  response.end(`{"kind":"List","apiVersion":"v1","metadata":${JSON.stringify(metadata)},"items":[${page}]}`);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
