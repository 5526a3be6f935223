import { status } from '@grpc/grpc-js';
import type { WireStatus } from '../../runtime/grpc/definition';
import { HostError, hostErrorKinds, type HostErrorKind } from '../errors';

/** Metadata in which a HostError's kind travels; several kinds share a gRPC code. */
const kindKey = 'meshstor-error-kind';

const codes: Readonly<Record<HostErrorKind, number>> = {
  NotFound: status.NOT_FOUND,
  Busy: status.FAILED_PRECONDITION,
  NoSpace: status.RESOURCE_EXHAUSTED,
  Unreachable: status.UNAVAILABLE,
  Foreign: status.PERMISSION_DENIED,
  Invalid: status.INVALID_ARGUMENT,
  Timeout: status.DEADLINE_EXCEEDED,
  Internal: status.INTERNAL,
};

/** How a failed verb is answered. What is no HostError is a defect; its words go along, its stack does not. */
export function toStatus(error: unknown): WireStatus {
  const kind = error instanceof HostError ? error.kind : 'Internal';
  const message = error instanceof Error ? error.message : String(error);
  return { code: codes[kind], message, trailers: { [kindKey]: kind } };
}

/**
 * What the caller of a failed verb is given. A status without a kind is gRPC's own: no answer in time, or no
 * agent there.
 */
export function fromStatus({ code, message, trailers }: WireStatus): HostError {
  const kind = hostErrorKinds.find((known) => known === trailers?.[kindKey]);
  if (kind) return new HostError(kind, message);
  if (code === codes.Timeout) return new HostError('Timeout', `the host agent did not answer: ${message}`);
  if (code === codes.Unreachable) return new HostError('Unreachable', `the host agent is not there: ${message}`);
  return new HostError('Internal', `the host agent: ${message}`);
}
