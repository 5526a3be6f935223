import { chmod, mkdir, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a simulated cluster keeps its files: readable by this user alone. */
export interface ClusterFolder {
  readonly path: string;
  readonly kubeconfig: string;
  /** A manifest to begin with. */
  readonly example: string;
  /** Of the processes' logs. */
  readonly logs: string;
  /** Of the sockets; short, because a socket's whole path must fit into about 100 bytes. */
  readonly sockets: string;
  /** Removes what the cluster made. Files that somebody else put there stay, and the folder with them. */
  remove(): Promise<void>;
}

/** Makes the folder: a new one of its own for temporary files, or the one given, which must be empty or not exist. */
export async function makeFolder(given?: string): Promise<ClusterFolder> {
  const path = given === undefined ? await mkdtemp(join(tmpdir(), 'meshstor-')) : await ownFolder(resolve(given));
  const [kubeconfig, example] = [join(path, 'kubeconfig'), join(path, 'example.yaml')];
  const [logs, sockets] = [join(path, 'logs'), join(path, 'run')];
  await mkdir(logs);
  await mkdir(sockets);
  return {
    path,
    kubeconfig,
    example,
    logs,
    sockets,
    remove: async () => {
      // kubectl is told to keep its cache beside the kubeconfig by whoever cares; it goes with it.
      for (const made of [kubeconfig, `${kubeconfig}.cache`, example, logs, sockets]) {
        await rm(made, { recursive: true, force: true });
      }
      await rmdir(path).catch(() => undefined);
    },
  };
}

async function ownFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const there = await readdir(path);
  if (there.length > 0) {
    throw new Error(`${path} is not empty (${there[0]}); name a folder that is empty or does not exist`);
  }
  await chmod(path, 0o700);
  return path;
}
