import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface Assets {
  /** Folder of kube-apiserver and etcd, and of the managers where there are any. */
  folder: string;
  /** Path of a kubectl >= 1.32. */
  kubectl: string;
}

/** Finds, downloads or builds the programs; minutes the first time, with progress on stderr. */
export async function obtainAssets(): Promise<Assets> {
  const folder = await printedBy('assets.sh', process.env);
  return { folder, kubectl: await printedBy('kubectl.sh', { ...process.env, KUBEBUILDER_ASSETS: folder }) };
}

export const hasManagers = ({ folder }: Assets): boolean =>
  ['kube-controller-manager', 'kube-scheduler'].every((program) => existsSync(join(folder, program)));

async function printedBy(script: string, env: NodeJS.ProcessEnv): Promise<string> {
  const path = join(process.cwd(), 'scripts/kube', script);
  return new Promise((resolve, reject) => {
    const child = execFile(path, { env }, (error, stdout) => {
      if (error) reject(new Error(`scripts/kube/${script} failed (its output is above): ${error.message}`));
      else resolve(stdout.trim());
    });
    child.stderr?.pipe(process.stderr);
  });
}
