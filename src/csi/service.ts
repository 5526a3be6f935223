import type { Call } from './call';

/** The part of a generated service definition that types are derived from. */
interface Definition {
  readonly methods: Record<string, Method>;
}
interface Method {
  readonly requestType: { decode(...args: never[]): unknown };
  readonly responseType: { decode(...args: never[]): unknown };
}
type Message<F> = F extends { decode(...args: never[]): infer T } ? T : never;

/** A service whose definition is D: one function per method. Failures are thrown. */
export type Service<D extends Definition> = {
  readonly [M in keyof D['methods']]: (
    request: Message<D['methods'][M]['requestType']>,
    call: Call,
  ) => Promise<Message<D['methods'][M]['responseType']>>;
};
