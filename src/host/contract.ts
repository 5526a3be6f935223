import type { DeepPartial, HostAgentDefinition, HostEvent } from './gen/host';

type Methods = typeof HostAgentDefinition.methods;
type Unary = { [M in keyof Methods]: Methods[M]['responseStream'] extends true ? never : M }[keyof Methods];
type Message<F> = F extends { decode(...args: never[]): infer T } ? T : never;

export interface CallOptions {
  /** The call ends with Timeout after this long. Default: defaultDeadlineMs. */
  deadlineMs?: number;
  signal?: AbortSignal;
}

/** Time a verb may take when the caller names none. */
export const defaultDeadlineMs = 20_000;

/** Verbs of the host agent; what each guarantees stands in proto/host.proto. Failures are HostErrors. */
export type HostAgent = {
  [M in Unary]: (
    request: DeepPartial<Message<Methods[M]['requestType']>>,
    options?: CallOptions,
  ) => Promise<Message<Methods[M]['responseType']>>;
} & {
  /** Ends (normally) when the signal is aborted; throws a HostError when the agent goes away. */
  watch(signal: AbortSignal): AsyncIterable<HostEvent>;
};

export type HostVerb = Unary;
