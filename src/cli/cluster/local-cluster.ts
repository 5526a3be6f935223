import { writeFile } from 'node:fs/promises';
import type { PaceOptions } from '../../controllers/volume/pace';
import type { Timings } from '../../host/sim';
import { systemClock, systemRandom } from '../../runtime/clock';
import { loadConnection } from '../../runtime/kube/config';
import type { Connection } from '../../runtime/kube/connection';
import type { Logger, LogLevel } from '../../runtime/log';
import { httpBackend, type Backend } from '../../sim/cluster/backend';
import { SimCluster } from '../../sim/cluster/cluster';
import { SocketLauncher } from '../../sim/cluster/processes/sockets';
import { makeFolder, type ClusterFolder } from './folder';
import { openLogs } from './logs';

export interface LocalClusterOptions {
  readonly nodes: number;
  /** Per node. */
  readonly drives: number;
  readonly driveBytes: number;
  /** Of the API server on loopback; 0 for any. */
  readonly port: number;
  /** Default: a new folder among the machine's temporary files. */
  readonly folder?: string;
  /** Leave the folder behind. */
  readonly keep: boolean;
  readonly logLevel: LogLevel;
  readonly timings?: Partial<Timings>;
  readonly pace?: PaceOptions;
}

/** A simulated cluster on this machine that others can join in: an API server on loopback, sockets, log files. */
export interface LocalCluster {
  readonly cluster: SimCluster;
  readonly folder: ClusterFolder;
  /** The API server, as its kubeconfig names it. */
  readonly connection: Connection;
  readonly log: Logger;
  /** Paths of the CSI sockets, by `controller` or the node's name. */
  readonly csiSockets: ReadonlyMap<string, string>;
  /** Ends everything, and removes the folder unless it is to be kept. Safe to call twice. */
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

/** Starts it; resolves when nodes and driver are registered. Rejects, with nothing left behind, when it cannot. */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const folder = await makeFolder(options.folder);
  const ends: (() => Promise<void>)[] = [];
  const close = async ({ keep = options.keep } = {}) => {
    while (ends.length > 0) await ends.pop()!();
    if (!keep) await folder.remove();
  };
  try {
    const logs = openLogs(folder.logs, options.logLevel);
    ends.push(() => logs.close());
    const backend = await listen(options.port);
    ends.push(() => backend.close());
    await writeFile(folder.kubeconfig, backend.kubeconfig!, { mode: 0o600 });
    const connection = await loadConnection({ kubeconfig: folder.kubeconfig });
    const launcher = new SocketLauncher(folder.sockets);
    const cluster = newCluster(options, logs.log, backend, launcher);
    ends.push(() => cluster.stop());
    await cluster.start();
    return { cluster, folder, connection, log: logs.log, csiSockets: csiSocketsOf(launcher), close };
  } catch (error) {
    await close({ keep: false });
    throw error;
  }
}

async function listen(port: number): Promise<Backend> {
  try {
    return await httpBackend({ clock: systemClock, random: systemRandom, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port} of 127.0.0.1 is in use; name another one, or 0 for any that is free`, {
      cause: error,
    });
  }
}

function newCluster(options: LocalClusterOptions, log: Logger, backend: Backend, launcher: SocketLauncher) {
  const { nodes, drives, driveBytes, timings, pace } = options;
  const spec = { drives: Array.from({ length: drives }, () => ({ sizeBytes: driveBytes })) };
  const named = Array.from({ length: nodes }, (_, index) => [`node${index + 1}`, spec] as const);
  const surroundings = { clock: systemClock, random: systemRandom, log, backend, launcher };
  return new SimCluster({
    ...surroundings,
    nodes: Object.fromEntries(named),
    ...(timings && { timings }),
    ...(pace && { pace }),
  });
}

function csiSocketsOf({ sockets }: SocketLauncher): Map<string, string> {
  const csi = [...sockets].filter(([name]) => name.endsWith(' csi'));
  return new Map(csi.map(([name, path]) => [name.replace(/ csi$/, ''), path]));
}
