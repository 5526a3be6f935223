import type { Clock, Random } from '../../runtime/clock';
import type { KubeClient } from '../../runtime/kube/client';
import { loadConnection } from '../../runtime/kube/config';
import type { Connection } from '../../runtime/kube/connection';
import { createHttpKubeClient, type HttpKubeClient } from '../../runtime/kube/http';
import { createApiServer, startApiServer, type ApiServer } from '../apiserver';

/** The API server that a cluster runs on. */
export interface Backend {
  /** A client of its own, so that each caller can be told apart. */
  clientFor(name: string): KubeClient;
  /** What the embedded server lets tests do; undefined for a real server. */
  readonly embedded: Pick<ApiServer, 'hooks' | 'store'> | undefined;
  /** Whether Kubernetes' own controllers and scheduler run beside it. */
  readonly hasControlPlane: boolean;
  /** Text of a kubeconfig; undefined for a server without a port. */
  readonly kubeconfig: string | undefined;
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly clock: Clock;
  readonly random: Random;
}

/** The embedded server, called without sockets. */
export function inProcessBackend(options: EmbeddedOptions): Backend & { readonly embedded: ApiServer } {
  const embedded = createApiServer(options);
  return {
    embedded,
    hasControlPlane: false,
    kubeconfig: undefined,
    clientFor: (name) => embedded.clientFor(name),
    close: async () => embedded.close(),
  };
}

/** The embedded server on a port of loopback (default: any), so that kubectl and others can join in. */
export async function httpBackend(
  options: EmbeddedOptions & { readonly port?: number; readonly host?: string },
): Promise<Backend> {
  const server = await startApiServer(options);
  const authorization = { header: () => `Bearer ${server.token}`, refused: () => undefined };
  const clients = new Clients({ server: server.url, tls: {}, authorization }, options.clock);
  return {
    embedded: server,
    hasControlPlane: false,
    kubeconfig: server.kubeconfig(),
    clientFor: (name) => clients.get(name),
    close: async () => {
      await clients.close();
      await server.close();
    },
  };
}

/** A real API server with its control plane. */
export async function realBackend(kubeconfigPath: string, kubeconfig: string, clock: Clock): Promise<Backend> {
  const clients = new Clients(await loadConnection({ kubeconfig: kubeconfigPath }), clock);
  return {
    embedded: undefined,
    hasControlPlane: true,
    kubeconfig,
    clientFor: (name) => clients.get(name),
    close: () => clients.close(),
  };
}

/** One pool of connections per caller, as separate processes have. */
class Clients {
  readonly #clients = new Map<string, HttpKubeClient>();

  constructor(
    private readonly connection: Connection,
    private readonly clock: Clock,
  ) {}

  get(name: string): KubeClient {
    const known = this.#clients.get(name);
    if (known) return known;
    const { connection, clock } = this;
    const client = createHttpKubeClient({ connection, clock, userAgent: name });
    this.#clients.set(name, client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}
