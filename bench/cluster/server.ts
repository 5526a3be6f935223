import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sample } from './objects';

/** Serves lists of the sample cluster page by page, and watches in which nothing happens. Prints its port. */
const volumes = Number(process.argv[2]);
const items: Record<string, string[]> = { meshstorvolumes: [], meshstorpartitions: [] };
for (let n = 0; n < volumes; n++) {
  const { volume, partitions } = sample(n);
  items.meshstorvolumes!.push(JSON.stringify(volume));
  items.meshstorpartitions!.push(...partitions.map((partition) => JSON.stringify(partition)));
}

const server = createServer((request, response) => {
  const url = new URL(request.url!, 'http://server');
  const list = items[url.pathname.split('/').at(-1)!] ?? [];
  response.setHeader('content-type', 'application/json');
  if (url.searchParams.get('watch')) return void response.flushHeaders();
  const start = Number(url.searchParams.get('continue') ?? 0);
  const end = start + Number(url.searchParams.get('limit') ?? list.length);
  const metadata = { resourceVersion: '9999999', ...(end < list.length ? { continue: String(end) } : {}) };
  const page = list.slice(start, end).join(',');
  response.end(`{"kind":"List","apiVersion":"v1","metadata":${JSON.stringify(metadata)},"items":[${page}]}`);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
