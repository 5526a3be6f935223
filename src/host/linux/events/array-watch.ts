import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Timer } from '../../../runtime/clock';

/** Attributes whose changes md announces to whoever watches the file. */
const attributes = ['sync_action', 'degraded', 'array_state', 'sync_completed'] as const;
/** Progress of a synchronisation, which md announces several times a second, is told at most this often. */
const progressMs = 2_000;

/** Watches md's attributes of the arrays it is told of. */
export class ArrayWatch {
  private readonly watched = new Map<string, FSWatcher[]>();
  private readonly progress = new Map<string, Timer>();

  constructor(
    private readonly sys: string,
    private readonly clock: Clock,
    private readonly onChange: (array: string) => void,
  ) {}

  /** Watches these arrays, and no others any more. */
  set(arrays: readonly string[]): void {
    for (const name of this.watched.keys()) if (!arrays.includes(name)) this.drop(name);
    for (const name of arrays) if (!this.watched.has(name)) this.add(name);
  }

  /** The array is gone; a later one of the same name is another. */
  forget(array: string): void {
    this.drop(array);
  }

  close(): void {
    this.set([]);
  }

  private add(name: string): void {
    const watchers: FSWatcher[] = [];
    for (const attribute of attributes) {
      try {
        const tell = attribute === 'sync_completed' ? () => this.onProgress(name) : () => this.onChange(name);
        const watcher = watch(join(this.sys, `block/${name}/md/${attribute}`), tell);
        watcher.on('error', () => this.drop(name));
        watchers.push(watcher);
      } catch {
        // The array went away meanwhile; its end is an event of its own.
      }
    }
    this.watched.set(name, watchers);
  }

  private onProgress(name: string): void {
    if (this.progress.has(name)) return;
    const tell = () => {
      this.progress.delete(name);
      this.onChange(name);
    };
    this.progress.set(name, this.clock.setTimer(progressMs, tell));
  }

  private drop(name: string): void {
    this.progress.get(name)?.cancel();
    this.progress.delete(name);
    for (const watcher of this.watched.get(name) ?? []) watcher.close();
    this.watched.delete(name);
  }
}
