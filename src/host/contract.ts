import type { Message } from '../runtime/grpc/definition';
import type { DeepPartial, HostAgentDefinition, HostEvent } from './gen/host';

type Methods = typeof HostAgentDefinition.methods;
export type HostVerb = { [M in keyof Methods]: Methods[M]['responseStream'] extends true ? never : M }[keyof Methods];

/** What an implementation of a verb is given, with every field, and what it answers. */
export type RequestOf<V extends HostVerb> = Message<Methods[V]['requestType']>;
export type ResponseOf<V extends HostVerb> = Message<Methods[V]['responseType']>;

export interface CallOptions {
  /** The call ends with Timeout after this long. Default: defaultDeadlineMs. */
  deadlineMs?: number;
  signal?: AbortSignal;
}

/** Time a verb may take when the caller names none. */
export const defaultDeadlineMs = 20_000;

/** Verbs of the host agent; what each guarantees stands in proto/host.proto. Failures are HostErrors. */
export type HostAgent = {
  [V in HostVerb]: (request: DeepPartial<RequestOf<V>>, options?: CallOptions) => Promise<ResponseOf<V>>;
} & {
  /** Ends (normally) when the signal is aborted; throws a HostError when the agent goes away. */
  watch(signal: AbortSignal): AsyncIterable<HostEvent>;
};
