import { setMaxListeners } from 'node:events';

export type OnCall = (method: string, when: 'before' | 'after', args: readonly unknown[]) => void;

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

  /**
   * The same object for as long as its user lives. Every method must return a promise or an async iterable.
   * `onCall` is told before and after each call, and may kill at either moment: before, it never happens;
   * after, it happened and nobody learns of it.
   */
  mortal<T extends object>(target: T, onCall: OnCall = () => undefined): T {
    return new Proxy(target, {
      get: (object, property) => {
        const value: unknown = Reflect.get(object, property, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (!this.alive) return never();
          onCall(String(property), 'before', args);
          if (!this.alive) return never();
          const result: unknown = Reflect.apply(value, object, args);
          if (isIterable(result)) return this.#stream(result);
          return this.#promise(result, () => onCall(String(property), 'after', args));
        };
      },
    });
  }

  /** What somebody outside is told, whose connection breaks at death. */
  whileAlive<T>(answer: Promise<T>, broken: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const onEnd = () => reject(broken());
      this.signal.addEventListener('abort', onEnd, { once: true });
      answer.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', onEnd));
    });
  }

  async #promise(result: unknown, ended: () => void): Promise<unknown> {
    try {
      const value = await result;
      ended();
      return this.alive ? value : await never();
    } catch (error) {
      ended();
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
