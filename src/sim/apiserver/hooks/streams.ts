import type { StreamEvent, WatchStream } from '../request/request';
import { ConnectionReset } from './faults';
import type { RequestInfo } from './info';

export type WatchFilter = (watch: RequestInfo) => boolean;
const every: WatchFilter = () => true;

/** The running watches, so that tests can break them. */
export class Streams {
  readonly #open = new Map<HookedStream, RequestInfo>();

  /** Number of running watches. */
  get size(): number {
    return this.#open.size;
  }

  add(info: RequestInfo, stream: WatchStream): WatchStream {
    const hooked = new HookedStream(stream, () => this.#open.delete(hooked));
    this.#open.set(hooked, info);
    return hooked;
  }

  /** Ends watches as an expired time-out would. */
  end(filter = every): void {
    for (const stream of this.#matching(filter)) stream.close();
  }

  /** Breaks the connections of watches. */
  reset(filter = every): void {
    for (const stream of this.#matching(filter)) stream.break();
  }

  /** Watches stay open but deliver nothing, until resumed. */
  stall(filter = every): void {
    for (const stream of this.#matching(filter)) stream.stalled = true;
  }

  resume(filter = every): void {
    for (const stream of this.#matching(filter)) stream.stalled = false;
  }

  /** Sends a bookmark on watches, once they have delivered what there is. */
  bookmark(filter = every): void {
    for (const stream of this.#matching(filter)) stream.bookmarkNow();
  }

  #matching(filter: WatchFilter): HookedStream[] {
    return [...this.#open].filter(([, info]) => filter(info)).map(([stream]) => stream);
  }
}

class HookedStream implements WatchStream {
  #stalled = false;
  #broken = false;
  #ready: () => void = () => undefined;

  constructor(
    private readonly inner: WatchStream,
    private readonly onClose: () => void,
  ) {
    inner.onReady(() => this.#inform());
  }

  get ended(): boolean {
    return this.inner.ended;
  }

  /** Throws ConnectionReset once the connection is broken. */
  next(): StreamEvent | undefined {
    if (this.#broken) throw new ConnectionReset();
    return this.#stalled ? undefined : this.inner.next();
  }

  onReady(callback: () => void): void {
    this.#ready = callback;
  }

  bookmarkNow(): void {
    this.inner.bookmarkNow();
  }

  close(): void {
    this.inner.close();
    this.onClose();
  }

  break(): void {
    this.#broken = true;
    this.close();
  }

  set stalled(stalled: boolean) {
    this.#stalled = stalled;
    this.#ready();
  }

  #inform(): void {
    if (this.inner.ended) this.onClose();
    this.#ready();
  }
}
