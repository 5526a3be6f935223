/**
 * The closed set of ways a host verb can fail. Both implementations and both ends of the socket share it.
 *
 * NotFound     The thing does not exist, and everything that could hold it was read.
 * Busy         Something holds it; try again when that has let go.
 * NoSpace      No room of the wanted size.
 * Unreachable  It could not be read or reached; whether it exists is unknown.
 * Foreign      It is not MeshStor's, or not this volume's. Nothing was touched.
 * Invalid      The request contradicts what the device says, or is malformed. Nothing was touched.
 * Timeout      The deadline passed; the effect may or may not be there.
 * Internal     A defect or an answer nobody expected; the effect may or may not be there.
 */
export const hostErrorKinds = [
  'NotFound',
  'Busy',
  'NoSpace',
  'Unreachable',
  'Foreign',
  'Invalid',
  'Timeout',
  'Internal',
] as const;

export type HostErrorKind = (typeof hostErrorKinds)[number];

/** What failed, on which thing, and why, in words for a person. */
export class HostError extends Error {
  constructor(
    readonly kind: HostErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HostError';
  }
}

export const isHostError = (error: unknown, ...kinds: HostErrorKind[]): error is HostError =>
  error instanceof HostError && (kinds.length === 0 || kinds.includes(error.kind));
