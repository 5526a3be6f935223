/** Word that something changed, for those who wait for it. */
export class Changes {
  readonly #listeners = new Set<() => void>();

  announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls back after every change; the function returned ends it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * What `look` finds: it looks now, and after every change until that is not undefined. Rejects with what it
   * throws, or with the signal's reason.
   */
  async until<T>(look: () => T | undefined, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const found = look();
    if (found !== undefined) return found;
    let end = () => {};
    try {
      return await new Promise<T>((resolve, reject) => {
        const onAbort = () => reject(signal.reason as Error);
        const onChange = () => {
          try {
            const now = look();
            if (now !== undefined) resolve(now);
          } catch (error) {
            reject(error);
          }
        };
        const deaf = this.listen(onChange);
        signal.addEventListener('abort', onAbort, { once: true });
        end = () => {
          deaf();
          signal.removeEventListener('abort', onAbort);
        };
      });
    } finally {
      end();
    }
  }
}
