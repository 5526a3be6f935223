import { controllerProcess } from '../../src/processes/controller';
import { namespace } from '../../src/api/names';
import { systemClock, systemRandom } from '../../src/runtime/clock';
import { createHttpKubeClient } from '../../src/runtime/kube/http';
import { newMetrics } from '../../src/runtime/metrics';
import { cpuMs } from '../measure';
import { listening } from '../ready-log';

/** The controller as the product runs it, in a process of its own. Says when it is ready, and its CPU when asked. */
const [server, token, csiEndpoint] = process.argv.slice(2) as [string, string, string];

const { log, ready } = listening();
const metrics = newMetrics();
const authorization = { header: () => `Bearer ${token}`, refused: () => undefined };
const kube = createHttpKubeClient({ connection: { server, tls: {}, authorization }, metrics });
const surroundings = { kube, log, metrics, clock: systemClock, random: systemRandom };
const options = { csiEndpoint, namespace, leaderElect: false, identity: 'bench' };
process.on('message', () => process.send!({ cpuMs: cpuMs() }));
process.on('disconnect', () => process.exit(0));
void ready.then(() => process.send!({ ready: true }));
void controllerProcess(surroundings, options, new AbortController().signal);
