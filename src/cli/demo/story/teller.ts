import type { Clock } from '../../../runtime/clock';
import type { Heading, Picture, Show } from '../show/show';
import type { Changes } from '../watch';

export type StepName = 'cluster' | 'claim' | 'pod' | 'data' | 'sync' | 'halves' | 'move' | 'removal';

/** What a step brought about. */
export interface Told<T> {
  /** For the steps that follow. */
  readonly value: T;
  /** For people, a line each. */
  readonly said: readonly string[];
  /** For programs. */
  readonly result: object;
  /** The sentence of it that goes into the summary. */
  readonly proven?: string;
}

/** Something did not come true; the message is a sentence for people. */
export class StepFailed extends Error {
  constructor(
    title: string,
    readonly reason: string,
  ) {
    super(`${title}: ${reason}`);
    this.name = 'StepFailed';
  }
}

export interface TellerOptions {
  readonly show: Show;
  readonly clock: Clock;
  /** Aborted when the demo is to end early. */
  readonly signal: AbortSignal;
  readonly headings: Readonly<Record<StepName, Heading>>;
}

/** Takes the steps one after the other, each within its limit, and shows how they go. */
export class Teller {
  readonly proven: string[] = [];
  /** What is seen at this moment, for a step that came to its limit. */
  explain: () => string = () => '';

  constructor(private readonly options: TellerOptions) {}

  picture(picture: Picture | undefined): void {
    this.options.show.picture(picture);
  }

  /** Draws after every change for as long as `work` goes on, and nothing afterwards. */
  async watching<T>(changes: Changes, draw: () => void, work: () => Promise<T>): Promise<T> {
    const stop = changes.listen(draw);
    try {
      return await work();
    } finally {
      stop();
      this.picture(undefined);
    }
  }

  /** Rejects with StepFailed, or with the signal's reason when the demo ends early. */
  async step<T>(name: StepName, work: (signal: AbortSignal) => Promise<Told<T>>): Promise<T> {
    const { show, clock, signal, headings } = this.options;
    const heading = headings[name];
    const began = clock.now();
    show.began(heading);
    try {
      signal.throwIfAborted();
      const { value, said, result, proven } = await this.#within(heading.limitMs, work);
      show.ended(heading, said, clock.now() - began, result);
      if (proven) this.proven.push(proven);
      return value;
    } catch (error) {
      show.picture(undefined);
      const reason = error instanceof Error ? error.message : String(error);
      show.failed(heading, reason, clock.now() - began);
      if (signal.aborted) throw signal.reason;
      throw new StepFailed(heading.title, reason);
    }
  }

  async #within<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, signal } = this.options;
    const limit = new AbortController();
    const timer = clock.setTimer(limitMs, () => {
      const seen = this.explain();
      limit.abort(new Error(`not done within ${limitMs / 1000} s${seen && `. At that moment: ${seen}`}`));
    });
    const either = AbortSignal.any([signal, limit.signal]);
    const late = new Promise<never>((_, reject) => {
      either.addEventListener('abort', () => reject(either.reason as Error), { once: true });
    });
    try {
      return await Promise.race([work(either), late]);
    } finally {
      timer.cancel();
      late.catch(() => undefined);
    }
  }
}
