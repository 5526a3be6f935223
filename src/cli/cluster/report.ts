import { quantity } from '../../api/quantity';
import { version } from '../../version';
import type { ClusterFlags } from './flags';

/** What somebody needs to know to use a simulated cluster. */
export interface Whereabouts {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly server: string;
  readonly logs: string;
  /** A manifest with a claim and a pod, to begin with. */
  readonly example: string;
  /** Endpoints as in CSI_ENDPOINT. */
  readonly csi: { readonly controller: string; readonly nodes: Readonly<Record<string, string>> };
}

export const asJson = (whereabouts: Whereabouts): string => `${JSON.stringify(whereabouts, undefined, 2)}\n`;

/** The same for people, with what they could try. */
export function asText(at: Whereabouts, flags: ClusterFlags): string {
  const { nodes, drives, keep, workload } = flags;
  const sockets = [['controller', at.csi.controller], ...Object.entries(at.csi.nodes)] as const;
  const width = Math.max(...sockets.map(([name]) => name.length));
  const lines = [
    `A simulated Kubernetes cluster with MeshStor ${version}: ${count(nodes, 'node')}, ` +
      `${count(drives, 'drive')} of ${quantity(flags.driveSize)} each.`,
    ...(workload ? [`${count(workload, 'pod')} of its own write to volumes, and check what they read.`] : []),
    '',
    `  export KUBECONFIG=${at.kubeconfig}`,
    '',
    'Try, with any kubectl from 1.26 on:',
    '  kubectl get nodes,storageclass,msnd',
    `  kubectl apply -f ${at.example}`,
    '  kubectl get msvol -w',
    '  kubectl get pvc,pod,msvol,mspart -o wide',
    '  kubectl describe msvol',
    '  kubectl explain msvol.status',
    `  kubectl delete -f ${at.example}`,
    '',
    'CSI sockets, for any CSI client:',
    ...sockets.map(([name, endpoint]) => `  ${name.padEnd(width)}  ${endpoint}`),
    '',
    `Logs of MeshStor's processes: ${at.logs}`,
    `Ctrl-C ends the cluster${keep ? `; ${at.folder} stays` : ` and removes ${at.folder}`}.`,
  ];
  return `${lines.join('\n')}\n`;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
