import type { Clock } from '../../runtime/clock';
import { serveGrpc, service, type CallContext, type GrpcServer, type Implementation } from '../../runtime/grpc/server';
import type { CallOptions, HostAgent } from '../contract';
import { HostAgentDefinition } from '../gen/host';
import { toStatus } from './status';

export interface HostServerOptions {
  readonly socketPath: string;
  readonly agent: HostAgent;
  readonly clock: Clock;
}

type Verb = (request: never, options: CallOptions) => Promise<unknown>;

/** Serves a host agent on a socket that only this user can reach (folder 0700, socket 0600). */
export function serveHost({ socketPath, agent, clock }: HostServerOptions): Promise<GrpcServer> {
  const unary = Object.keys(HostAgentDefinition.methods)
    .filter((verb) => verb !== 'watch')
    .map((verb) => {
      const run = (agent as unknown as Record<string, Verb>)[verb]!;
      return [verb, (request: never, context: CallContext) => run.call(agent, request, optionsOf(context))] as const;
    });
  const watch = (_request: unknown, { signal }: CallContext) => agent.watch(signal);
  const handlers = { ...Object.fromEntries(unary), watch } as Implementation<typeof HostAgentDefinition>;
  const services = [service(HostAgentDefinition, handlers)];
  return serveGrpc({ socketPath, services, toStatus, clock });
}

/** What the caller leaves of its time is the verb's deadline too. */
function optionsOf({ signal, deadlineMs }: CallContext): CallOptions {
  return Number.isFinite(deadlineMs) ? { signal, deadlineMs } : { signal };
}
