import { aborted } from '../runtime/aborted';
import type { Clock } from '../runtime/clock';
import type { Logger } from '../runtime/log';
import type { Metrics } from '../runtime/metrics';
import { HttpServer } from '../runtime/process/http-server';
import { Manager, type Component } from '../runtime/process/manager';
import type { HostAgent } from './contract';
import { measured } from './measured';
import { serveHost } from './rpc/server';

export interface HostOptions {
  /** Its folder gets mode 0700, itself 0600. */
  readonly socketPath: string;
  /** Where to serve /metrics, and where /healthz and /readyz. Default: nowhere. */
  readonly metricsAddress?: HttpAddress;
  readonly healthAddress?: HttpAddress;
}

export interface HttpAddress {
  /** Default: every address. */
  readonly host?: string | undefined;
  readonly port: number;
}

/** The agent, and what has to be done before it is asked for anything and after it will be no more. */
export interface ServedAgent extends HostAgent {
  start(): Promise<void>;
  close(): void;
}

export interface HostDeps {
  readonly agent: ServedAgent;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Verbs under way at the end get this long; what they have begun in the kernel ends or is found half done. */
const graceMs = 15_000;

/** Puts the machine in order, then serves the agent until the signal is aborted. */
export async function hostProcess(options: HostOptions, deps: HostDeps, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps;
  const manager = new Manager({ clock, log, shutdownMs: graceMs + 5_000 });
  for (const address of [options.metricsAddress, options.healthAddress]) {
    if (address) manager.add(httpServer(address, deps, manager));
  }
  manager.add(agentComponent(options, deps));
  await manager.run(signal);
}

function httpServer({ host, port }: HttpAddress, { metrics, clock }: HostDeps, manager: Manager): Component {
  const server = new HttpServer({ port, ...(host !== undefined && { host }), metrics, clock });
  server.healthz.set('ping', () => undefined);
  server.readyz.set('components', manager.checkReady);
  return server;
}

function agentComponent({ socketPath }: HostOptions, { agent, metrics, clock }: HostDeps): Component {
  let markReady = () => {};
  const listening = new Promise<void>((resolve) => (markReady = resolve));
  return {
    name: 'host-agent',
    ready: () => listening,
    async run(signal) {
      await agent.start();
      try {
        const server = await serveHost({ socketPath, agent: measured(agent, metrics, clock), clock });
        markReady();
        await aborted(signal);
        await server.close(graceMs);
      } finally {
        agent.close();
      }
    },
  };
}
