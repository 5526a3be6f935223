import { aborted } from '../aborted';
import type { Clock } from '../clock';
import type { Logger } from '../log';

/** A part of a process that runs for as long as the process does. */
export interface Component {
  readonly name: string;
  /** Runs until the signal is aborted. Returning before, and rejecting, ends the process. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when what is started after it may rely on it. Default: at once. */
  ready?(): Promise<void>;
}

export interface ManagerOptions {
  clock: Clock;
  log: Logger;
  /** How long components may take to end before they are given up. Default 20 s. */
  shutdownMs?: number;
}

interface Running {
  component: Component;
  abort: AbortController;
  ended: Promise<void>;
  isReady: boolean;
  hasEnded: boolean;
}

/**
 * Runs the components of a process.
 *
 * Guarantees
 *   - Each starts when those before it are ready; at the end each is stopped after those behind it have ended.
 *   - The first component that ends before it was asked to ends all; run() rejects with its error.
 *   - run() returns within shutdownMs of the abort, components that do not end notwithstanding.
 */
export class Manager {
  private readonly components: Component[] = [];
  private readonly running: Running[] = [];
  private stopping = false;

  constructor(private readonly options: ManagerOptions) {}

  add(component: Component): this {
    this.components.push(component);
    return this;
  }

  /** A check for /readyz: rejects with what is not ready yet, or not any more. */
  checkReady = (): void => {
    if (this.stopping) throw new Error('shutting down');
    const waiting = this.components.filter((one) => !this.running.some((run) => run.component === one && run.isReady));
    if (waiting.length > 0) throw new Error(`waiting for ${waiting.map(({ name }) => name).join(', ')}`);
  };

  async run(signal: AbortSignal): Promise<void> {
    const failure = new AbortController();
    const over = Promise.race([aborted(signal), aborted(failure.signal)]);
    const started = this.startAll(failure, () => signal.aborted || failure.signal.aborted, over);
    await Promise.race([started.catch((error: unknown) => failure.abort(error)), over]);
    await over;
    await this.stopAll();
    if (failure.signal.aborted) throw failure.signal.reason;
  }

  private async startAll(failure: AbortController, isOver: () => boolean, over: Promise<void>): Promise<void> {
    for (const component of this.components) {
      if (isOver()) return;
      const run = this.start(component, failure);
      await Promise.race([component.ready?.(), over]);
      if (isOver()) return;
      run.isReady = true;
      this.options.log.debug(`${component.name} is ready`);
    }
    this.options.log.info('ready', { components: this.components.map(({ name }) => name) });
  }

  private start(component: Component, failure: AbortController): Running {
    const abort = new AbortController();
    const run: Running = { component, abort, isReady: false, hasEnded: false, ended: Promise.resolve() };
    const fail = (error: Error) => {
      if (failure.signal.aborted || this.stopping) return;
      this.options.log.error(`${component.name} failed; the process ends`, { error });
      failure.abort(error);
    };
    run.ended = startOf(component, abort.signal).then(
      () => {
        run.hasEnded = true;
        if (!abort.signal.aborted) fail(new Error(`${component.name} ended by itself`));
      },
      (error: unknown) => {
        run.hasEnded = true;
        if (abort.signal.aborted)
          this.options.log.warn(`${component.name} failed at the end`, { error: String(error) });
        fail(error instanceof Error ? error : new Error(`${component.name} threw: ${String(error)}`));
      },
    );
    this.running.push(run);
    return run;
  }

  /** Last started, first stopped. */
  private async stopAll(): Promise<void> {
    const { clock, log, shutdownMs = 20_000 } = this.options;
    this.stopping = true;
    const patience = new AbortController();
    const late = clock.sleep(shutdownMs, patience.signal).then(
      () => true,
      () => false,
    );
    const orderly = async () => {
      for (const run of [...this.running].reverse()) {
        run.abort.abort(new Error('shutting down'));
        await run.ended;
      }
      return false;
    };
    if (await Promise.race([orderly(), late])) {
      const asked = this.running.filter(({ abort, hasEnded }) => abort.signal.aborted && !hasEnded);
      for (const { abort } of this.running) abort.abort(new Error('shutting down'));
      const names = asked.map(({ component }) => component.name).join(', ');
      log.error(`did not end within ${shutdownMs} ms and is given up: ${names}`);
    }
    patience.abort();
  }
}

/** A component that throws before its first await fails like any other. */
async function startOf(component: Component, signal: AbortSignal): Promise<void> {
  await component.run(signal);
}
