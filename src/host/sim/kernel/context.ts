import type { Clock, Random, Timer } from '../../../runtime/clock';
import type { Network } from '../hardware/network';
import type { Timings } from '../timings';

/** Something the kernel tells those who listen (uevents, sysfs notifications). A hint, without state. */
export type KernelEvent =
  | { readonly subject: 'drive'; readonly id: string }
  | { readonly subject: 'import'; readonly nqn: string }
  | { readonly subject: 'dm'; readonly uuid: string }
  /** `member` is the device-mapper UUID of one of the array's members. With `progress` nothing but that has changed. */
  | { readonly subject: 'md'; readonly member: string; readonly progress: boolean };

/** What every part of one node's running kernel shares. */
export interface KernelContext {
  readonly node: string;
  readonly clock: KernelClock;
  readonly random: Random;
  readonly network: Network;
  readonly timings: Timings;
  notify(event: KernelEvent): void;
  /** Major and minor numbers are never used twice while a kernel runs. */
  nextNumber(): number;
}

/** The kernel's timers. They all end with it: a power cut leaves nothing that could fire. */
export class KernelClock {
  private readonly timers = new Set<Timer>();
  private running = true;

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  setTimer(ms: number, callback: () => void): Timer {
    if (!this.running) return { cancel: () => undefined };
    const timer = this.clock.setTimer(ms, () => {
      this.timers.delete(timer);
      callback();
    });
    this.timers.add(timer);
    return {
      cancel: () => {
        this.timers.delete(timer);
        timer.cancel();
      },
    };
  }

  halt(): void {
    this.running = false;
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }
}

/** A random UUID (version 4). */
export function randomUUID(random: Random): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16));
  hex[12] = '4';
  hex[16] = '89ab'[Math.floor(random() * 4)]!;
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
