import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { hasManagers, obtainAssets, type Assets } from './assets';
import { Kubectl } from './kubectl';
import { Pki } from './pki';
import { freePorts, Processes, ProgramEnded } from './processes';
import {
  apiServerArguments,
  apiServerUrl,
  controllerManagerArguments,
  etcdArguments,
  schedulerArguments,
  versionOf,
  type Run,
} from './programs';
import { createRunFolder } from './run-folder';

export interface ControlPlane {
  /** A cluster administrator's. */
  kubeconfigPath: string;
  kubeconfig(): string;
  /** Of the server, such as `v1.20.2`. */
  version: string;
  /** Path of a kubectl >= 1.32. */
  kubectlPath: string;
  kubectl: Kubectl;
  /** Whether kube-controller-manager and kube-scheduler run. */
  managers: boolean;
  pids: number[];
  /** Ends what was started and removes its files. */
  stop(): Promise<void>;
}

export interface Options {
  /** 'if available': pure envtest binaries have none. */
  withManagers: boolean | 'if available';
}

/**
 * A real etcd and kube-apiserver on free loopback ports, ready to serve, with RBAC; files in a folder of its own
 * under the temporary folder. The first time the programs are downloaded or built, which takes minutes.
 */
export async function startControlPlane(options: Options): Promise<ControlPlane> {
  const assets = await obtainAssets();
  const managers = options.withManagers === true || (options.withManagers !== false && hasManagers(assets));
  if (managers && !hasManagers(assets)) {
    throw new Error(`${assets.folder} has no kube-controller-manager and kube-scheduler`);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(assets, managers);
    } catch (error) {
      // Between choosing a port and using it, somebody else may have.
      const portTaken = error instanceof ProgramEnded && error.message.includes('address already in use');
      if (!portTaken || attempt === 3) throw error;
    }
  }
}

async function start(assets: Assets, managers: boolean): Promise<ControlPlane> {
  const folder = createRunFolder();
  const processes = new Processes(folder);
  const stop = async (): Promise<void> => {
    await processes.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const run = await prepare(assets, folder, managers);
    await startServer(assets, run, processes);
    if (managers) await startManagers(assets, run, processes);
    const kubeconfigPath = join(folder, 'kubeconfig');
    return {
      kubeconfigPath,
      kubeconfig: () => readFileSync(kubeconfigPath, 'utf8'),
      version: run.version,
      kubectlPath: assets.kubectl,
      kubectl: new Kubectl(assets.kubectl, kubeconfigPath),
      managers,
      pids: processes.pids,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(assets: Assets, folder: string, managers: boolean): Promise<Run> {
  const pki = new Pki(join(folder, 'pki'));
  const [api, etcd, peer] = (await freePorts(3)) as [number, number, number];
  const run: Run = { folder, version: versionOf(assets.folder), pki, ports: { api, etcd, peer }, managers };
  pki.server('apiserver');
  pki.client('admin', 'admin', 'system:masters');
  writeFileSync(join(folder, 'kubeconfig'), pki.kubeconfig('admin', apiServerUrl(run)), { mode: 0o600 });
  for (const program of managers ? ['kube-controller-manager', 'kube-scheduler'] : []) {
    pki.client(program, `system:${program}`);
    const kubeconfig = pki.kubeconfig(program, apiServerUrl(run));
    writeFileSync(join(folder, `${program}.kubeconfig`), kubeconfig, { mode: 0o600 });
  }
  return run;
}

async function startServer(assets: Assets, run: Run, processes: Processes): Promise<void> {
  processes.start(join(assets.folder, 'etcd'), etcdArguments(run));
  // It retries etcd by itself, for longer than etcd takes to start.
  processes.start(join(assets.folder, 'kube-apiserver'), apiServerArguments(run));
  await processes.until('kube-apiserver is ready', async () => (await status(run, '/readyz')) === 200);
}

async function startManagers(assets: Assets, run: Run, processes: Processes): Promise<void> {
  processes.start(join(assets.folder, 'kube-controller-manager'), controllerManagerArguments(run));
  processes.start(join(assets.folder, 'kube-scheduler'), schedulerArguments(run));
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await processes.until('kube-controller-manager works', async () => (await status(run, account)) === 200);
}

/** The HTTP status of a GET as administrator; 0 while nobody answers. */
async function status({ pki, ports }: Run, path: string): Promise<number> {
  const identity = { ca: pki.read('ca.crt'), cert: pki.read('admin.crt'), key: pki.read('admin.key') };
  return new Promise((resolve) => {
    const query = request({ host: '127.0.0.1', port: ports.api, path, timeout: 5000, agent: false, ...identity });
    query.on('response', (response) => resolve(response.resume().statusCode ?? 0));
    query.on('timeout', () => query.destroy());
    query.on('error', () => resolve(0));
    query.end();
  });
}
