import { rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { aborted } from '../../runtime/aborted';
import { startApiServer } from '../../sim/apiserver';
import { shippedDefinitions } from '../../sim/cluster/manifests';
import { portOption } from './flags';

export interface ApiServerFlags {
  readonly port: number;
  readonly tls: boolean;
  readonly crds: boolean;
  readonly kubeconfig: string;
}

export const apiServerCommand = (): Command =>
  new Command('apiserver')
    .description('Only the embedded API server: objects, and nobody who acts on them')
    .addOption(portOption())
    .option('--tls', 'serve HTTPS with a certificate made for the occasion', false)
    .option('--no-crds', 'do not install the kinds of MeshStor')
    .option('--kubeconfig <file>', 'where to write the kubeconfig; removed at the end', 'meshstor-sim.kubeconfig');

/** Serves until the signal is aborted. */
export async function runApiServer(
  { port, tls, crds, kubeconfig }: ApiServerFlags,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const path = resolve(kubeconfig);
  const definitions = crds ? shippedDefinitions() : [];
  const server = await startApiServer({ port, definitions, ...(tls && { tls }) });
  try {
    // Nobody's kubeconfig is written over.
    await writeFile(path, server.kubeconfig(), { mode: 0o600, flag: 'wx' });
    print(`${server.url}\n\n  export KUBECONFIG=${path}\n\nCtrl-C ends it.\n`);
    await aborted(signal).finally(() => rm(path, { force: true }));
  } finally {
    await server.close();
  }
}
