import type { Clock } from '../../runtime/clock';
import { grpcClient } from '../../runtime/grpc/client';
import { defaultDeadlineMs, type HostAgent } from '../contract';
import { HostAgentDefinition } from '../gen/host';
import { fromStatus } from './status';

export interface HostClientOptions {
  readonly socketPath: string;
  readonly clock: Clock;
}

/** The host agent behind a socket. It may be away, restart and come back; calls wait for it within their deadline. */
export function hostClient({ socketPath, clock }: HostClientOptions): { agent: HostAgent; close(): void } {
  const client = grpcClient(HostAgentDefinition, {
    socketPath,
    fromStatus,
    deadlineMs: defaultDeadlineMs,
    clock,
  });
  const watch = (signal: AbortSignal) => client.calls.watch({}, { signal });
  return { agent: { ...client.calls, watch }, close: () => client.close() };
}
