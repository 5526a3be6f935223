import type { Clock } from '../../runtime/clock';

/**
 * What was read of devices a moment ago, so that the same is not read again by another program for everybody who asks.
 * An entry counts until somebody says that its device changed, `maxAgeMs` at most, and only while the kernel's events
 * are being heard. What is remembered may still be older than the device by the time an event takes: it is for looking,
 * never for what destroys.
 */
export class Recent<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly readAt: number }>();
  /** Rises with everything that is forgotten: what was being read then is not remembered. */
  #generation = 0;
  #heard = false;

  constructor(
    private readonly clock: Clock,
    private readonly maxAgeMs: number,
  ) {}

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry && this.clock.now() - entry.readAt <= this.maxAgeMs ? entry.value : undefined;
  }

  /** What is remembered, or what `read` gives. */
  async or(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.get(key);
    if (known !== undefined) return known;
    const remember = this.reading();
    const value = await read();
    remember(key, value);
    return value;
  }

  /** To be called before a read; gives what remembers its result. */
  reading(): (key: string, value: T) => void {
    const generation = this.#generation;
    const readAt = this.clock.now();
    return (key, value) => {
      if (this.#heard && generation === this.#generation) this.#entries.set(key, { value, readAt });
    };
  }

  /** Forgets what `which` says, and does not remember what is being read. */
  forget(which: (key: string, value: T) => boolean): void {
    this.#generation++;
    for (const [key, { value }] of this.#entries) if (which(key, value)) this.#entries.delete(key);
  }

  /** Whether the kernel's events are heard from now on. */
  hearing(heard: boolean): void {
    this.#heard = heard;
    this.forget(() => true);
  }
}
