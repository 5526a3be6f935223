import { systemClock, systemRandom } from '../runtime/clock';
import { loadConnection } from '../runtime/kube/config';
import { createHttpKubeClient } from '../runtime/kube/http';
import { newLogger, type LogLevel } from '../runtime/log';
import { newMetrics } from '../runtime/metrics';
import { version } from '../version';
import type { Surroundings } from './surroundings';

/** The machine's time and chance, the API server as kubectl would find it, logs to standard error. */
export async function realSurroundings(
  process: string,
  flags: { readonly logLevel: LogLevel; readonly kubeconfig: string | undefined },
): Promise<Surroundings> {
  const log = newLogger({ level: flags.logLevel, process });
  const metrics = newMetrics();
  metrics.addProcessMetrics();
  const connection = await loadConnection(flags.kubeconfig ? { kubeconfig: flags.kubeconfig } : {});
  const kube = createHttpKubeClient({ connection, metrics, userAgent: `meshstor-${process}/${version}` });
  return { kube, log, metrics, clock: systemClock, random: systemRandom };
}
