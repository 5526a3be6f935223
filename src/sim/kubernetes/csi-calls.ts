import type { ControllerDefinition, DeepPartial, NodeDefinition } from '../../csi/gen/csi';
import type { Message, ServiceDefinition } from '../../runtime/grpc/definition';

/** A CSI service as its callers see it. Failures are CsiCallErrors. */
type Calls<D extends ServiceDefinition> = {
  readonly [M in keyof D['methods']]: (
    request: DeepPartial<Message<D['methods'][M]['requestType']>>,
    options?: { readonly deadlineMs?: number },
  ) => Promise<Message<D['methods'][M]['responseType']>>;
};

export type ControllerCalls = Calls<typeof ControllerDefinition>;
export type NodeCalls = Calls<typeof NodeDefinition>;

/** A driver's refusal: the gRPC code by name, and the driver's words. */
export class CsiCallError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'CsiCallError';
  }
}

/**
 * Whether the call is over for good, as external-provisioner sees it: after any other code the driver may
 * still be at work, and the same call has to be repeated.
 */
export function isFinal(error: unknown): boolean {
  const pending = ['CANCELLED', 'DEADLINE_EXCEEDED', 'UNAVAILABLE', 'ABORTED'];
  return error instanceof CsiCallError && !pending.includes(error.code);
}
