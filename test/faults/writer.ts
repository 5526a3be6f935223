import { PowerLost, type SimMount, type SimVolumeHandle } from '../../src/host/sim/pods';
import type { Timer } from '../../src/runtime/clock';
import { read, write } from '../support/cluster/simulated-world';
import type { VirtualWorld } from '../support/cluster/virtual-world';

const everyMs = 1_000;
/** Places that are written in turn. */
const places = 8;

/** One pod that writes. */
interface Hand {
  readonly pod: string;
  /** What it has open all the time; undefined: it opens it for each write. */
  kept?: SimMount | SimVolumeHandle;
  timer?: Timer;
  busy: boolean;
  ended: boolean;
}

/** A pod that writes all the time, then its successors, and what was acknowledged to any of them. */
export class Writer {
  /** By place: the newest number that was acknowledged, and the newest that was sent. */
  readonly #acknowledged = new Map<number, number>();
  readonly #sent = new Map<number, number>();
  /** What must never be, in words. */
  readonly wrong: string[] = [];
  #number = 0;
  #hand: Hand | undefined;
  #latest: Hand | undefined;

  constructor(private readonly world: VirtualWorld) {}

  /** Writes from now on as this pod, which runs. */
  use(pod: string): void {
    this.#hand = this.#latest = { pod, busy: false, ended: false };
    this.#next(this.#hand);
  }

  /** The pod is about to be gone. Resolves when nothing is under way. */
  async stop(): Promise<void> {
    const hand = this.#take();
    if (hand) await this.world.eventually('the last write to end', async () => !hand.busy);
  }

  /** Its node is lost: nobody waits for what was under way. */
  abandon(): void {
    this.#take();
  }

  /** Nobody can tell it of its end: it writes on until somebody does, by calling what is returned. */
  leaveBehind(): () => void {
    const hand = this.#hand!;
    const kept = this.world.cluster.use(hand.pod);
    hand.kept = kept;
    this.#hand = undefined;
    return () => {
      end(hand);
      kept.close();
    };
  }

  /** Everything acknowledged is there, or what was written over it. */
  async verify(pod: string): Promise<void> {
    const opened = this.world.cluster.use(pod);
    try {
      for (const [place, number] of this.#acknowledged) {
        const found = await this.world.done(read(opened, place));
        const seen = Number(found);
        if (!(seen >= number && seen <= this.#sent.get(place)!)) {
          this.wrong.push(`place ${place} reads "${found}" although ${number} was acknowledged`);
        }
      }
    } finally {
      opened.close();
    }
  }

  #take(): Hand | undefined {
    const hand = this.#hand;
    this.#hand = undefined;
    if (hand) end(hand);
    return hand;
  }

  #next(hand: Hand): void {
    hand.timer = this.world.clock.setTimer(everyMs, () => this.#next(hand));
    void this.#write(hand);
  }

  async #write(hand: Hand): Promise<void> {
    if (hand.busy || hand.ended) return;
    hand.busy = true;
    const number = ++this.#number;
    const place = number % places;
    this.#sent.set(place, number);
    const opened = hand.kept ?? this.world.cluster.use(hand.pod);
    try {
      await write(opened, place, String(number));
      this.#acknowledged.set(place, Math.max(number, this.#acknowledged.get(place) ?? 0));
      if (hand !== this.#latest)
        this.wrong.push(`write ${number} of ${hand.pod} was acknowledged, and it has a successor`);
    } catch (error) {
      if (!hand.ended && !(error instanceof PowerLost))
        this.wrong.push(`write ${number} of ${hand.pod} failed: ${String(error)}`);
    } finally {
      if (!hand.kept) opened.close();
      hand.busy = false;
    }
  }
}

function end(hand: Hand): void {
  hand.ended = true;
  hand.timer?.cancel();
}
