import type { RequestOptions } from 'node:https';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { cachedAuthorization } from './authorization';
import { anonymous, type Connection } from './connection';

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface ConnectionOptions {
  /** A kubeconfig file. Default: $KUBECONFIG, the pod's service account, ~/.kube/config. */
  kubeconfig?: string;
  context?: string;
  env?: NodeJS.ProcessEnv;
  /** Where the service account's token and CA are mounted. */
  serviceAccountPath?: string;
}

/**
 * Finds the API server as kubectl would, except that inside a pod the service account comes before
 * ~/.kube/config. The client library is loaded for kubeconfig files only: it costs half a second and 35 MB,
 * which a pod need not pay.
 */
export async function loadConnection(options: ConnectionOptions = {}): Promise<Connection> {
  const env = options.env ?? process.env;
  const wantsFile = options.kubeconfig ?? options.context ?? env.KUBECONFIG;
  if (!wantsFile && env.KUBERNETES_SERVICE_HOST) {
    return inCluster(env.KUBERNETES_SERVICE_HOST, env.KUBERNETES_SERVICE_PORT ?? '443', options.serviceAccountPath);
  }
  return fromKubeconfig(options);
}

async function inCluster(host: string, port: string, path = serviceAccount): Promise<Connection> {
  const read = async (name: string) => {
    try {
      return (await readFile(`${path}/${name}`, 'utf8')).trim();
    } catch (error) {
      throw new Error(
        `the pod's service account cannot be read: ${(error as Error).message}; is automountServiceAccountToken off?`,
        { cause: error },
      );
    }
  };
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    tls: { ca: await read('ca.crt') },
    authorization: cachedAuthorization(async () => `Bearer ${await read('token')}`),
    namespace: await read('namespace').catch(() => undefined),
  };
}

const nowhere =
  'No API server to talk to: this is not a pod, and there is neither --kubeconfig, nor $KUBECONFIG, nor ~/.kube/config.';

async function fromKubeconfig({ kubeconfig, context }: ConnectionOptions): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromDefault();
  // What the library makes up where it finds nothing.
  if (!kubeconfig && config.getCurrentContext() === 'loaded-context') throw new Error(nowhere);
  if (context) config.setCurrentContext(context);

  const cluster = config.getCurrentCluster();
  const where = `${kubeconfig ?? process.env.KUBECONFIG ?? 'kubeconfig'}, context '${config.getCurrentContext()}'`;
  if (!cluster) throw new Error(`${where}: no such context, or its cluster is missing`);
  if (cluster.proxyUrl) throw new Error(`${where}: proxy-url is not supported`);

  const apply = async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
  const { ca, cert, key, rejectUnauthorized } = (await apply()) as Connection['tls'];
  const user = config.getCurrentUser();
  const changes = Boolean(user?.exec || user?.authProvider || user?.token || user?.username);
  return {
    server: cluster.server,
    tls: { ca, cert, key, rejectUnauthorized, servername: cluster.tlsServerName },
    authorization: changes ? cachedAuthorization(async () => headerOf(await apply())) : anonymous,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
  };
}

function headerOf({ headers, auth }: { headers?: unknown; auth?: string | null }): string | undefined {
  if (auth) return `Basic ${Buffer.from(auth).toString('base64')}`;
  return (headers as Record<string, string> | undefined)?.Authorization;
}
