import { PowerLost } from '../../src/host/sim/pods';
import type { Timer } from '../../src/runtime/clock';
import { read, write } from '../support/cluster/simulated-world';
import type { VirtualWorld } from '../support/cluster/virtual-world';

const everyMs = 1_000;
/** Places that are written in turn. */
const places = 8;

/** A pod that writes all the time and remembers what was acknowledged. */
export class Writer {
  /** By place: the newest number that was acknowledged, and the newest that was sent. */
  readonly #acknowledged = new Map<number, number>();
  readonly #sent = new Map<number, number>();
  /** What must never be, in words. */
  readonly wrong: string[] = [];
  #number = 0;
  #pod: string | undefined;
  #timer: Timer | undefined;
  #busy = false;

  constructor(private readonly world: VirtualWorld) {}

  /** Writes from now on as this pod, which runs. */
  use(pod: string): void {
    this.#pod = pod;
    this.#next();
  }

  /** The pod is about to be gone. Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#pod = undefined;
    this.#timer?.cancel();
    await this.world.eventually('the last write to end', async () => !this.#busy);
  }

  /** Its node is lost: nobody waits for what was under way. */
  abandon(): void {
    this.#pod = undefined;
    this.#timer?.cancel();
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

  #next(): void {
    this.#timer = this.world.clock.setTimer(everyMs, () => void this.#write());
    void this.#write();
  }

  async #write(): Promise<void> {
    const pod = this.#pod;
    if (!pod) return;
    this.#timer?.cancel();
    this.#timer = this.world.clock.setTimer(everyMs, () => void this.#write());
    if (this.#busy) return;
    this.#busy = true;
    const number = ++this.#number;
    const place = number % places;
    this.#sent.set(place, number);
    const opened = this.world.cluster.use(pod);
    try {
      await write(opened, place, String(number));
      this.#acknowledged.set(place, number);
    } catch (error) {
      if (!(error instanceof PowerLost)) this.wrong.push(`write ${number} of ${pod} failed: ${String(error)}`);
    } finally {
      opened.close();
      this.#busy = false;
    }
  }
}
