import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Pki } from './pki';
import { atLeast } from './version';

/** What the command lines of one run have in common. */
export interface Run {
  folder: string;
  /** Of the control plane's programs, such as `v1.20.2`. */
  version: string;
  pki: Pki;
  ports: { api: number; etcd: number; peer: number };
  /** Whether kube-controller-manager and kube-scheduler run too. */
  managers: boolean;
}

export function versionOf(assets: string): string {
  const line = execFileSync(join(assets, 'kube-apiserver'), ['--version'], { encoding: 'utf8' });
  const version = /v\d+\.\d+\.\d+\S*/.exec(line)?.[0];
  if (!version) throw new Error(`kube-apiserver --version in ${assets} prints no version: ${line}`);
  return version;
}

export const apiServerUrl = ({ ports }: Run): string => `https://127.0.0.1:${ports.api}`;

export function etcdArguments({ folder, ports }: Run): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return [
    '--name=test',
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
    // The data is thrown away with the run. The flag came with etcd 3.5 as unsafe-no-fsync, 3.4 has it too.
    '--unsafe-no-fsync',
  ];
}

export function apiServerArguments(run: Run): string[] {
  const { folder, pki, ports } = run;
  return [
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${ports.api}`,
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--cert-dir=${folder}/pki`,
    `--tls-cert-file=${pki.path('apiserver.crt')}`,
    `--tls-private-key-file=${pki.path('apiserver.key')}`,
    `--client-ca-file=${pki.path('ca.crt')}`,
    `--service-account-issuer=${apiServerUrl(run)}/`,
    `--service-account-key-file=${pki.path('sa.pub')}`,
    `--service-account-signing-key-file=${pki.path('sa.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--endpoint-reconciler-type=none',
    // Pods need a ServiceAccount that only kube-controller-manager would create.
    ...(run.managers ? [] : ['--disable-admission-plugins=ServiceAccount']),
  ];
}

export function controllerManagerArguments(run: Run): string[] {
  const { folder, pki } = run;
  return [
    ...managerArguments(run, 'kube-controller-manager'),
    '--use-service-account-credentials=true',
    `--root-ca-file=${pki.path('ca.crt')}`,
    `--service-account-private-key-file=${pki.path('sa.key')}`,
    `--flex-volume-plugin-dir=${folder}/flex`,
    // A claim that is bound by hand is otherwise noticed 15 s later.
    '--pvclaimbinder-sync-period=1s',
    // Nodes here have no kubelet, hence no heartbeat: nobody shall declare them dead.
    '--controllers=*,-nodelifecycle',
  ];
}

export const schedulerArguments = (run: Run): string[] => managerArguments(run, 'kube-scheduler');

function managerArguments({ folder, version }: Run, program: string): string[] {
  // No HTTP at all: nobody asks, and the default ports would collide between runs.
  const insecurePort = atLeast(version, '1.24') ? [] : ['--port=0'];
  return [`--kubeconfig=${folder}/${program}.kubeconfig`, '--leader-elect=false', '--secure-port=0', ...insecurePort];
}
