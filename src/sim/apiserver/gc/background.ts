import type { Timer } from '../../../runtime/clock';
import type { Core } from '../request/core';
import type { Change } from '../store/store';
import { Definitions } from './definitions';
import { Dependents } from './dependents';
import { Namespaces } from './namespaces';

/** Work that follows from changes, done some time after them. */
export interface BackgroundTask {
  /** Notes a change; tells whether there is work. Must not write. */
  follow(table: string, change: Change): boolean;
  /** Does the work there is. */
  run(): void;
}

/**
 * What a cluster's controller manager does that clients take for granted: garbage collection, and the end of
 * namespaces and custom resource definitions. Runs `delay` milliseconds after what calls for it.
 */
export class Background {
  #timer: Timer | undefined;
  readonly #tasks: readonly BackgroundTask[];
  readonly #stop: () => void;

  constructor(
    private readonly core: Core,
    private readonly delay: number,
  ) {
    this.#tasks = [new Dependents(core), new Namespaces(core), new Definitions(core)];
    this.#stop = core.store.listen((table, change) => this.#follow(table, change));
  }

  close(): void {
    this.#stop();
    this.#timer?.cancel();
  }

  #follow(table: string, change: Change): void {
    // Each task must see every change.
    const due = this.#tasks.map((task) => task.follow(table, change));
    if (!due.includes(true) || this.#timer) return;
    this.#timer = this.core.clock.setTimer(this.delay, () => {
      this.#timer = undefined;
      for (const task of this.#tasks) task.run();
    });
  }
}
