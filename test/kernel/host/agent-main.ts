/** The host agent's process for lab nodes: hostProcess on the real machine, and `scratch` to mount in. */
import { createLinuxHostAgent } from '../../../src/host/linux';
import { hostProcess } from '../../../src/host/server';
import { systemClock } from '../../../src/runtime/clock';
import { newLogger } from '../../../src/runtime/log';
import { newMetrics } from '../../../src/runtime/metrics';

const [socketPath, mountRoot] = process.argv.slice(2) as [string, string];
const log = newLogger({ level: 'debug', process: 'host' });
const agent = createLinuxHostAgent({ clock: systemClock, log, paths: { mountRoots: [mountRoot] } });
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const metricsAddress = { host: '127.0.0.1', port: 9818 };
hostProcess(
  { socketPath, metricsAddress },
  { agent, clock: systemClock, log, metrics: newMetrics() },
  stop.signal,
).catch((error: unknown) => {
  log.error('host agent ended', { error: String(error) });
  process.exitCode = 1;
});
