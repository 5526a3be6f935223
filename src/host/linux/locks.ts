import { HostError } from '../errors';
import type { Call } from './call';

/**
 * Mutual exclusion by key. There is no lock over everything: what hangs holds up only what shares its key.
 *
 * Guarantees: first come, first served; waiting ends with the call's deadline (Timeout, naming the holder); the
 * lock is given on only after every process that the holder started has ended, even when the holder gave up
 * waiting for one of them: a command that wakes up late finds nobody working in its place.
 */
export class Locks {
  private readonly queues = new Map<string, Holder[]>();

  async run<T>(key: string, call: Call, work: () => Promise<T>): Promise<T> {
    const release = await this.acquire(key, call);
    const before = new Set(call.unfinished);
    try {
      return await work();
    } finally {
      const mine = [...call.unfinished].filter((work) => !before.has(work));
      if (mine.length === 0) release();
      else void Promise.all(mine).then(release);
    }
  }

  private async acquire(key: string, call: Call): Promise<() => void> {
    const queue = this.queues.get(key) ?? [];
    this.queues.set(key, queue);
    const place: Holder = { verb: call.verb, start: () => undefined };
    queue.push(place);
    const release = () => this.leave(key, place);
    if (queue[0] === place) return release;
    try {
      await this.turn(place, key, call);
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  private turn(place: Holder, key: string, call: Call): Promise<void> {
    const left = call.left();
    return new Promise((resolve, reject) => {
      const timer = call.clock.setTimer(left, () => {
        const holder = this.queues.get(key)?.[0]?.verb ?? 'nobody';
        reject(new HostError('Timeout', `${call.verb}: still waiting for ${holder}, which works on ${key}`));
      });
      place.start = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  private leave(key: string, place: Holder): void {
    const queue = this.queues.get(key)!;
    const wasFirst = queue[0] === place;
    queue.splice(queue.indexOf(place), 1);
    if (queue.length === 0) this.queues.delete(key);
    else if (wasFirst) queue[0]!.start();
  }
}

interface Holder {
  readonly verb: string;
  start: () => void;
}
