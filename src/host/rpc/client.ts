import { setMaxListeners } from 'node:events';
import type { Clock } from '../../runtime/clock';
import { grpcClient, type GrpcClientOptions } from '../../runtime/grpc/client';
import { defaultDeadlineMs, type CallOptions, type HostAgent, type HostVerb } from '../contract';
import { HostError, isHostError } from '../errors';
import { HostAgentDefinition } from '../gen/host';
import { fromStatus } from './status';

export interface HostClientOptions {
  readonly socketPath: string;
  readonly clock?: Clock;
  readonly onCall?: GrpcClientOptions['onCall'];
}

/** The host agent behind a socket. */
export interface HostClient extends HostAgent {
  close(): void;
}

/** Every failure is a HostError, that of a signal that was aborted too (Timeout). */
export function hostClient({ socketPath, clock, onCall }: HostClientOptions): HostClient {
  const client = grpcClient(HostAgentDefinition, {
    socketPath,
    fromStatus,
    deadlineMs: defaultDeadlineMs,
    ...(clock && { clock }),
    ...(onCall && { onCall }),
  });
  const { watch, ...unaries } = client.calls;
  const verbs = Object.entries(unaries).map(([verb, call]) => [verb, translating(verb as HostVerb, call as Unary)]);
  return {
    ...(Object.fromEntries(verbs) as unknown as HostAgent),
    watch: (signal) => {
      // A watch lasts as long as its process, and so do the listeners for its end.
      setMaxListeners(0, signal);
      return watch({}, { signal });
    },
    close: () => client.close(),
  };
}

type Unary = (request: object, options?: CallOptions) => Promise<unknown>;

const translating =
  (verb: HostVerb, call: Unary): Unary =>
  async (request, options) => {
    try {
      return await call(request, options);
    } catch (error) {
      if (isHostError(error)) throw error;
      if (options?.signal?.aborted)
        throw new HostError('Timeout', `${verb}: the caller has given up`, { cause: error });
      throw new HostError('Internal', `${verb}: ${(error as Error).message}`, { cause: error });
    }
  };
