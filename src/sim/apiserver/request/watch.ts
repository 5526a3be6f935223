import type { Timer } from '../../../runtime/clock';
import { expired, StatusError } from '../errors/status';
import type { Stored } from '../store/stored';
import { Watcher } from '../store/watcher';
import type { Core } from './core';
import { inVersion } from './view';
import type { Request, StreamEvent, WatchStream } from './request';
import { selectionOf, type Selection } from './selection';

/** Between these, in seconds, the real server picks how long a watch without timeoutSeconds lasts. */
const shortestWatch = 1800;

/** Streams changes after the given version; or the present state first, when none (or 0) is given. */
export function watch(core: Core, request: Request): WatchStream {
  const { options, type } = request;
  const table = core.store.table(type.table);
  const selected = selectionOf(request);
  const asked = options.resourceVersion ?? '';
  const fromNow = asked === '' || asked === '0' || options.sendInitialEvents === true;
  const revision = fromNow ? core.store.revision : Number(asked);
  if (!Number.isInteger(revision)) throw new StatusError(400, 'BadRequest', `invalid resource version "${asked}"`);
  const start = table.history.positionAfter(revision);
  const initial = fromNow && options.sendInitialEvents !== false ? present(core, request, selected) : [];
  const watcher =
    start === undefined
      ? undefined
      : new Watcher(table, (object) => selected.matches(object), selected.prefix, start, initial, revision);
  return new Stream(core, request, watcher, revision);
}

/** Taken at once: the table changes while the watch is read. */
function present(core: Core, { type }: Request, selected: Selection): Stored[] {
  const found = [...core.store.table(type.table).range(selected.prefix)];
  return found.map(([, stored]) => stored).filter(({ object }) => selected.matches(object));
}

class Stream implements WatchStream {
  #ended = false;
  #ready: () => void = () => undefined;
  #bookmarkDue = false;
  #timers: Timer[] = [];
  readonly #stop: () => void;

  constructor(
    private readonly core: Core,
    private readonly request: Request,
    private readonly watcher: Watcher | undefined,
    private readonly revision: number,
  ) {
    this.#stop = core.store.table(request.type.table).onChange(() => this.#ready());
    const seconds = request.options.timeoutSeconds ?? Math.floor(shortestWatch * (1 + core.random()));
    this.#timers.push(core.clock.setTimer(seconds * 1000, () => this.close()));
    if (request.options.allowWatchBookmarks) this.#scheduleBookmark();
  }

  get ended(): boolean {
    return this.#ended;
  }

  next(): StreamEvent | undefined {
    if (this.#ended) return undefined;
    const item = this.watcher ? this.watcher.next() : 'expired';
    if (item === 'expired') return this.#tooOld();
    if (item === undefined) return this.#bookmark();
    if (item.type === 'SYNCED') {
      const wanted = this.request.options.sendInitialEvents === true && this.request.options.allowWatchBookmarks;
      return wanted ? { type: 'BOOKMARK', revision: item.revision, initialEventsEnd: true } : this.next();
    }
    const { type, version } = this.request;
    return { type: item.type, object: inVersion(type, version.name, item.object) };
  }

  onReady(callback: () => void): void {
    this.#ready = callback;
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stop();
    for (const timer of this.#timers) timer.cancel();
    this.#ready();
  }

  /** Sends a bookmark as soon as everything before it is read. */
  bookmarkNow(): void {
    this.#bookmarkDue = true;
    this.#ready();
  }

  #scheduleBookmark(): void {
    const timer = this.core.clock.setTimer(this.core.bookmarkInterval, () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.bookmarkNow();
      this.#scheduleBookmark();
    });
    this.#timers.push(timer);
  }

  #bookmark(): StreamEvent | undefined {
    if (!this.#bookmarkDue) return undefined;
    this.#bookmarkDue = false;
    return { type: 'BOOKMARK', revision: this.core.store.revision };
  }

  #tooOld(): StreamEvent {
    const oldest = this.core.store.table(this.request.type.table).history.forgotten;
    this.close();
    return { type: 'ERROR', error: expired(`too old resource version: ${this.revision} (${oldest})`) };
  }
}
