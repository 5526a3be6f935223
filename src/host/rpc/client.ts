import type { Clock } from '../../runtime/clock';
import type { EndedCall } from '../../runtime/grpc/definition';
import { grpcClient } from '../../runtime/grpc/client';
import { defaultDeadlineMs, type HostAgent } from '../contract';
import { HostAgentDefinition } from '../gen/host';
import { fromStatus } from './status';

export interface HostClientOptions {
  readonly socketPath: string;
  readonly clock: Clock;
  readonly onCall?: (call: EndedCall) => void;
}

/** The host agent behind a socket. It may be away, restart and come back; calls wait for it within their deadline. */
export function hostClient({ socketPath, clock, onCall }: HostClientOptions): { agent: HostAgent; close(): void } {
  const client = grpcClient(HostAgentDefinition, {
    socketPath,
    fromStatus,
    deadlineMs: defaultDeadlineMs,
    clock,
    ...(onCall && { onCall }),
  });
  const watch = (signal: AbortSignal) => client.calls.watch({}, { signal });
  return { agent: { ...client.calls, watch }, close: () => client.close() };
}
