/**
 * What a request through the product's Kubernetes client costs in CPU, next to the same one through undici
 * alone. The server is another process.
 *
 *   npx tsx bench/http-request.ts [requests=3000]
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Agent } from 'undici';
import { partitions } from '../src/api/resources';
import { anonymous } from '../src/runtime/kube/connection';
import { createHttpKubeClient } from '../src/runtime/kube/http';
import { sample } from './controller/sample';

const requests = Number(process.argv[2] ?? 3000);
const object = JSON.stringify(sample(1).partitions[0]);
const path = '/apis/csi.meshstor.io/v1alpha1/meshstorpartitions/p';

function serve(): void {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(object);
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}

/** CPU milliseconds a request, least of five rounds, one request after the other. */
async function measure(request: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < requests; i++) await request();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000 / requests);
  }
  return best;
}

async function main(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['serve'], { execArgv: process.execArgv });
  const port = await new Promise((resolve) => child.once('message', resolve));
  const origin = `http://127.0.0.1:${String(port)}`;
  const agent = new Agent();
  const kube = createHttpKubeClient({ connection: { server: origin, tls: {}, authorization: anonymous } });
  const bare = await measure(async () => (await agent.request({ origin, path, method: 'GET' })).body.json());
  const ours = await measure(() => kube.get(partitions, 'p'));
  const patch = await measure(() =>
    kube.patch(partitions, 'p', { metadata: { labels: { a: 'b' } } }, { fieldManager: 'bench' }),
  );
  const ms = (value: number) => `${value.toFixed(3)} ms`;
  console.log(`bare undici GET ${ms(bare)}; kube get ${ms(ours)} (${ms(ours - bare)} more); kube patch ${ms(patch)}`);
  await agent.close();
  await kube.close();
  child.kill();
}

if (process.argv[2] === 'serve') serve();
else void main();
