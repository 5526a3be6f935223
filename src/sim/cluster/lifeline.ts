import { setMaxListeners } from 'node:events';

/**
 * The life of a simulated process. Code that runs in one thread with its peers cannot be killed; but once
 * everything it acts through answers nothing any more, nobody can tell the difference.
 */
export class Lifeline {
  readonly #end = new AbortController();

  constructor() {
    // Every informer, controller and call of a process listens for its end.
    setMaxListeners(0, this.#end.signal);
  }

  /** Aborted at death. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get alive(): boolean {
    return !this.#end.signal.aborted;
  }

  /** From now on every call through `mortal` hangs for ever: those under way never tell how they ended. */
  kill(): void {
    this.#end.abort(new Error('killed'));
  }

  /** The same object for as long as its user lives. Every method must return a promise or an async iterable. */
  mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, property) => {
        const value: unknown = Reflect.get(object, property, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (!this.alive) return never();
          const result: unknown = Reflect.apply(value, object, args);
          return isIterable(result) ? this.#stream(result) : this.#promise(result);
        };
      },
    });
  }

  async #promise(result: unknown): Promise<unknown> {
    try {
      const value = await result;
      return this.alive ? value : await never();
    } catch (error) {
      if (this.alive) throw error;
      return never();
    }
  }

  async *#stream(source: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const item of source) {
      if (!this.alive) return;
      yield item;
    }
  }
}

const never = (): Promise<never> => new Promise(() => undefined);

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
