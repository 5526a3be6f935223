import type { Message, ServiceDefinition } from '../runtime/grpc/definition';
import type { Call } from './call';

/** A service whose definition is D: one function per method. Failures are thrown. */
export type Service<D extends ServiceDefinition> = {
  readonly [M in keyof D['methods']]: (
    request: Message<D['methods'][M]['requestType']>,
    call: Call,
  ) => Promise<Message<D['methods'][M]['responseType']>>;
};
