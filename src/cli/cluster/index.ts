import { writeFile } from 'node:fs/promises';
import { aborted } from '../../runtime/aborted';
import { systemClock } from '../../runtime/clock';
import { exampleManifest } from './example';
import type { ClusterFlags } from './flags';
import { startLocalCluster, type LocalCluster } from './local-cluster';
import { asJson, asText, type Whereabouts } from './report';
import { Workload } from './workload';

export { clusterCommand, type ClusterFlags } from './flags';

/** Runs a cluster until the signal is aborted; `print` is told where everything is as soon as it is there. */
export async function runCluster(
  flags: ClusterFlags,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const local = await startLocalCluster({
    ...flags,
    driveBytes: flags.driveSize,
    timings: { linkLatencyMs: flags.latencyMs, mdSyncKibPerSecond: flags.syncRate * 1024 },
    ...(flags.dir !== undefined && { folder: flags.dir }),
  });
  try {
    const at = await whereaboutsOf(local);
    print(flags.output === 'json' ? asJson(at) : asText(at, flags));
    if (flags.workload) {
      const workload = new Workload({ ...local, clock: systemClock, pods: flags.workload });
      await workload.run(signal);
    } else {
      await aborted(signal);
    }
  } finally {
    await local.close();
  }
}

async function whereaboutsOf({ folder, connection, csiSockets }: LocalCluster): Promise<Whereabouts> {
  await writeFile(folder.example, exampleManifest);
  const endpoints = [...csiSockets].map(([name, path]) => [name, `unix://${path}`] as const);
  const { controller, ...nodes } = Object.fromEntries(endpoints);
  return {
    folder: folder.path,
    kubeconfig: folder.kubeconfig,
    server: connection.server,
    logs: folder.logs,
    example: folder.example,
    csi: { controller: controller!, nodes },
  };
}
