import { FakeClock } from '../fake-clock';

interface Waiter {
  readonly what: string;
  readonly look: () => Promise<boolean>;
  readonly until: number;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** Moves a virtual clock on while somebody waits for something, and not a timer further. Waiting may overlap. */
export class VirtualTime {
  readonly clock = new FakeClock();
  readonly #waiters = new Set<Waiter>();
  #moving = false;

  /** Looks after every timer. */
  async eventually<T>(what: string, look: () => Promise<T | undefined | false>, limitMs = 600_000): Promise<T> {
    let found: T | undefined | false;
    await this.#wait(what, limitMs, async () => {
      found = await look();
      return found !== undefined && found !== false;
    });
    return found as T;
  }

  async done<T>(work: Promise<T>, limitMs = 600_000): Promise<T> {
    let over = false;
    const end = () => (over = true);
    work.then(end, end);
    await this.#wait('the work to end', limitMs, async () => over);
    return work;
  }

  /** Lets this much time pass. */
  async pass(ms: number): Promise<void> {
    await this.done(this.clock.sleep(ms), ms);
  }

  #wait(what: string, limitMs: number, look: () => Promise<boolean>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({ what, look, until: this.clock.now() + limitMs, resolve, reject });
      if (!this.#moving) void this.#move();
    });
  }

  async #move(): Promise<void> {
    this.#moving = true;
    await this.clock.settle();
    while (await this.#someWait()) {
      const next = this.clock.pending[0];
      await this.clock.advance(next ?? 0);
      // What was found may have set no timer yet.
      if (next === undefined && (await this.#someWait()) && this.clock.pending.length === 0) this.#giveUp();
    }
    this.#moving = false;
  }

  /** Looks on behalf of everybody; whether anybody still waits. */
  async #someWait(): Promise<boolean> {
    for (const waiter of [...this.#waiters]) {
      try {
        const over = await waiter.look();
        if (over) this.#end(waiter, waiter.resolve);
        else if (this.#isTooLate(waiter)) this.#end(waiter, () => waiter.reject(late(waiter)));
      } catch (error) {
        this.#end(waiter, () => waiter.reject(error as Error));
      }
    }
    // Those who waited go on, and may wait for the next thing, before time does.
    await this.clock.settle();
    return this.#waiters.size > 0;
  }

  #isTooLate({ until }: Waiter): boolean {
    return this.clock.now() + (this.clock.pending[0] ?? 0) > until;
  }

  #end(waiter: Waiter, tell: () => void): void {
    this.#waiters.delete(waiter);
    tell();
  }

  #giveUp(): void {
    for (const waiter of [...this.#waiters]) {
      this.#end(waiter, () => waiter.reject(new Error(`${waiter.what}: not so, and nothing more is going to happen`)));
    }
  }
}

const late = ({ what }: Waiter): Error => new Error(`not in time: ${what}`);
