/**
 * Time as a dependency. Nothing under src/ calls Date.now, setTimeout or Math.random itself (lint enforces
 * it), so that a test can run hours in milliseconds and replay them.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after at least `ms`. */
  setTimer(ms: number, callback: () => void): Timer;
  /** Resolves after at least `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Timer {
  /** Guarantees that the callback is not called afterwards. Safe to call twice. */
  cancel(): void;
}

/** A number in [0, 1). */
export type Random = () => number;

/** An ISO timestamp with whole seconds, as metav1.Time has it. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(ms, callback) {
    const handle = setTimeout(callback, ms);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        clearTimeout(handle);
        reject(signal?.reason as Error);
      };
      const handle = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};

export const systemRandom: Random = () => Math.random();

/** Keeps the process alive, which the system clock's timers do not. Returns how to let it end. */
export function holdProcess(): () => void {
  const handle = setInterval(() => undefined, 2 ** 30);
  return () => clearInterval(handle);
}
