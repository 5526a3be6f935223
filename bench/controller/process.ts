import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controllerProcess } from '../../src/processes/controller';
import { systemClock, systemRandom } from '../../src/runtime/clock';
import { anonymous } from '../../src/runtime/kube/connection';
import { createHttpKubeClient } from '../../src/runtime/kube/http';
import { newMetrics } from '../../src/runtime/metrics';
import { namespace } from '../../src/api/names';
import { cpuMs, heldMB } from '../measure';
import { listening } from '../ready-log';

/** What one life of a controller cost. */
export interface Life {
  /** From the start of the process until everything is ready. */
  readonly readyCpuMs: number;
  readonly readyWallMs: number;
  /** Until every volume was decided on once. */
  readonly settledCpuMs: number;
  /** Held after that. */
  readonly heldMB: number;
}

/** The controller as the product runs it, against a server of another process. Prints its Life. */
const [server, volumes] = process.argv.slice(2) as [string, string];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'meshstor-bench-'));
  const metrics = newMetrics();
  const kube = createHttpKubeClient({ connection: { server, tls: {}, authorization: anonymous }, metrics });
  const end = new AbortController();
  const { log, ready } = listening();
  const surroundings = { kube, log, metrics, clock: systemClock, random: systemRandom };
  const http = { metricsAddress: { host: '127.0.0.1', port: 0 }, healthAddress: { host: '127.0.0.1', port: 0 } };
  const csiEndpoint = `unix://${folder}/csi.sock`;
  const options = { csiEndpoint, namespace, leaderElect: false, identity: 'bench', http };
  const over = controllerProcess(surroundings, options, end.signal);
  await Promise.race([ready, over]);
  const life = { readyCpuMs: cpuMs(), readyWallMs: performance.now() };
  const passes = () => metrics.value('controller_runtime_reconcile_total', { controller: 'volume-cluster' });
  while ((await passes()) < Number(volumes)) await systemClock.sleep(20);
  const settledCpuMs = cpuMs();
  console.log(JSON.stringify({ ...life, settledCpuMs, heldMB: heldMB() } satisfies Life));
  rmSync(folder, { recursive: true });
  process.exit(0);
}

void main();
