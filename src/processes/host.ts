import { join } from 'node:path';
import type { HostFlags } from './flags';
import { createLinuxHostAgent } from '../host/linux';
import { hostProcess } from '../host/server';
import { systemClock } from '../runtime/clock';
import { newLogger } from '../runtime/log';
import { newMetrics } from '../runtime/metrics';

/** The host agent's process on a Linux machine, until the signal is aborted. */
export async function runHost(flags: HostFlags, signal: AbortSignal): Promise<void> {
  const { hostSocket: socketPath, metricsAddress, healthAddress, machineEtc, nodeName } = flags;
  const log = newLogger({ level: flags.logLevel, process: 'host' }).child({ node: nodeName });
  const metrics = newMetrics();
  metrics.addProcessMetrics();
  const machineMdadmConf = ['mdadm/mdadm.conf', 'mdadm.conf'].map((name) => join(machineEtc, name));
  const agent = createLinuxHostAgent({ clock: systemClock, log, paths: { machineMdadmConf } });
  await hostProcess({ socketPath, metricsAddress, healthAddress }, { agent, clock: systemClock, log, metrics }, signal);
}
