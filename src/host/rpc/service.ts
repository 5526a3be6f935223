import { service, type CallContext, type Implementation, type Service } from '../../runtime/grpc/server';
import type { CallOptions, HostAgent, HostVerb } from '../contract';
import { HostAgentDefinition } from '../gen/host';

/** Kept back from the caller's deadline, so that the agent's account of what took too long arrives. */
const wireMs = 50;

/** A host agent as a gRPC service. */
export function hostService(agent: HostAgent): Service {
  const unary = (verb: HostVerb) => (request: object, context: CallContext) =>
    (agent[verb] as (request: object, options: CallOptions) => Promise<unknown>)(request, optionsOf(context));
  const verbs = (Object.keys(HostAgentDefinition.methods) as (keyof typeof HostAgentDefinition.methods)[])
    .filter((verb) => verb !== 'watch')
    .map((verb) => [verb, unary(verb)] as const);
  const implementation = {
    ...Object.fromEntries(verbs),
    watch: (_request: object, { signal }: CallContext) => agent.watch(signal),
  };
  return service(HostAgentDefinition, implementation as unknown as Implementation<typeof HostAgentDefinition>);
}

function optionsOf({ signal, deadlineMs }: CallContext): CallOptions {
  return Number.isFinite(deadlineMs) ? { signal, deadlineMs: Math.max(1, deadlineMs - wireMs) } : { signal };
}
