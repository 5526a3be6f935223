import type { Clock, Random } from '../../../runtime/clock';
import type { NodeFacts } from '../../gen/host';
import type { DriveDevice } from '../kernel/drives';
import type { MdSuperblock } from '../kernel/md/superblock';
import type { Kernel } from '../kernel/kernel';
import type { Timings } from '../timings';
import type { Call } from './call';

/** What an agent process works on, and what it remembers until it ends. */
export interface Host {
  readonly node: string;
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly random: Random;
  readonly timings: Timings;
  readonly facts: NodeFacts;
  readonly memory: Memory;
}

export class Memory {
  /** Superblock of each member map (by device-mapper UUID), as last read; undefined for none. */
  readonly superblocks = new Map<string, MdSuperblock | undefined>();
  /** Drives that have not answered a read yet. Until they do, nobody waits for them again. */
  readonly unanswered = new Set<DriveDevice>();
  /** Drive that had a partition (by UUID) when it was last seen: where to look first. */
  readonly lastSeenOn = new Map<string, DriveDevice>();
  /** Partitions being wiped. */
  readonly wiping = new Set<string>();
  /** Namespace UUID that each import (by NQN) was asked to bring. */
  readonly expected = new Map<string, string>();
  private readonly queues = new Map<string, Promise<void>>();

  /** Runs `work` after everything queued before under the same key. Waiting counts against the deadline. */
  async inTurn<T>(key: string, call: Call, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(key);
    let release!: () => void;
    const mine = new Promise<void>((resolve) => (release = resolve));
    this.queues.set(key, before ? before.then(() => mine) : mine);
    const tail = this.queues.get(key);
    try {
      if (before) await call.wait(`its turn at ${key}`, (done) => void before.then(() => done(undefined)));
      return await work();
    } finally {
      release();
      if (this.queues.get(key) === tail) this.queues.delete(key);
    }
  }
}
