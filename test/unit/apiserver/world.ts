import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Clock, Timer } from '../../../src/runtime/clock';
import { createApiServer, type ApiServer, type ServerOptions } from '../../../src/sim/apiserver/index';

/** Time that only moves when told to. Timers fire in order, at the time they are due. */
export class ManualClock implements Clock {
  #now = Date.parse('2026-01-01T00:00:00Z');
  #timers: { due: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  setTimer(ms: number, callback: () => void): Timer {
    const timer = { due: this.#now + ms, callback };
    this.#timers.push(timer);
    return { cancel: () => (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(ms, resolve));
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
    }
    this.#now = until;
  }
}

const folder = join(__dirname, '../../../crds');

/** The product's own CustomResourceDefinitions. */
export const definitions: object[] = readdirSync(folder)
  .filter((file) => file.startsWith('meshstor'))
  .map((file) => parse(readFileSync(join(folder, file), 'utf8')) as object);

export interface World extends ApiServer {
  readonly clock: ManualClock;
}

/** A server with the product's kinds, a clock that stands still and the same randomness every time. */
export function world(options: ServerOptions = {}): World {
  const clock = new ManualClock();
  let seed = 42;
  const random = () => {
    // Park and Miller's generator: tests must see the same uids on every run.
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return { ...createApiServer({ clock, random, definitions, ...options }), clock };
}
