import { status } from '@grpc/grpc-js';
import type { WireStatus } from '../../runtime/grpc/definition';
import { HostError, hostErrorKinds, type HostErrorKind } from '../errors';

/** Kinds as gRPC codes, for whoever looks at the wire or at metrics. The kind itself travels as a trailer. */
const codes: Record<HostErrorKind, status> = {
  NotFound: status.NOT_FOUND,
  Busy: status.FAILED_PRECONDITION,
  NoSpace: status.RESOURCE_EXHAUSTED,
  Unreachable: status.UNAVAILABLE,
  Foreign: status.PERMISSION_DENIED,
  Invalid: status.INVALID_ARGUMENT,
  Timeout: status.DEADLINE_EXCEEDED,
  Internal: status.INTERNAL,
};

const kindTrailer = 'meshstor-error-kind';

export function toStatus(error: unknown): WireStatus {
  const kind = error instanceof HostError ? error.kind : 'Internal';
  const message = error instanceof Error ? error.message : String(error);
  return { code: codes[kind], message, trailers: { [kindTrailer]: kind } };
}

/** The error that was thrown at the other end, or what became of the call on its way. */
export function fromStatus({ code, message, trailers }: WireStatus): HostError {
  const kind = hostErrorKinds.find((one) => one === trailers?.[kindTrailer]);
  if (kind) return new HostError(kind, message);
  switch (code as status) {
    case status.DEADLINE_EXCEEDED:
    case status.CANCELLED:
      return new HostError('Timeout', `the host agent did not answer in time: ${message}`);
    case status.UNAVAILABLE:
      return new HostError('Unreachable', `the host agent cannot be reached: ${message}`);
    default:
      return new HostError('Internal', `the host agent answered with code ${code}: ${message}`);
  }
}
