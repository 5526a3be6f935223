import { writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { startApiServer, type RunningApiServer } from '../../../src/sim/apiserver';
import { install } from '../../../src/sim/cluster/install';
import type { ClusterAccess } from './node-processes';

/** The embedded API server on an address that the lab's nodes reach, with MeshStor installed. */
export async function serveApi(host: string): Promise<RunningApiServer> {
  const server = await startApiServer({ host, tls: true });
  await install(server.clientFor('installer'));
  return server;
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly 'certificate-authority-data': string } }[];
}

/** What a pod is given to reach it. */
export function accessTo(server: RunningApiServer): ClusterAccess {
  const { hostname: host, port } = new URL(server.url);
  const [{ cluster }] = (parse(server.kubeconfig()) as Kubeconfig).clusters as [Kubeconfig['clusters'][number]];
  return {
    host,
    port,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
    token: server.token,
  };
}

export const writeKubeconfig = (server: RunningApiServer, path: string): Promise<void> =>
  writeFile(path, server.kubeconfig(), { mode: 0o600 });
