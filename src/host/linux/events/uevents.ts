import type { Clock, Timer } from '../../../runtime/clock';
import type { Exec, Follower } from '../exec';
import { UeventReader, type Uevent } from '../parse/uevent';

const restartMs = 1_000;

/**
 * The kernel's uevents, by one `udevadm monitor` that is started again whenever it ends.
 *
 * Guarantees: `ready` resolves when events are being received for the first time; `onListening` is called
 * each time, and `onGap` whenever some may have been missed since.
 */
export class Uevents {
  readonly ready: Promise<void>;
  private markReady!: () => void;
  private follower: Follower | undefined;
  private restart: Timer | undefined;
  private stopped = false;

  constructor(
    private readonly exec: Exec,
    private readonly clock: Clock,
    private readonly onEvent: (event: Uevent) => void,
    private readonly onListening: () => void,
    private readonly onGap: (why: string) => void,
  ) {
    this.ready = new Promise((resolve) => (this.markReady = resolve));
  }

  start(): void {
    const reader = new UeventReader(this.onEvent);
    let listening = false;
    const onLine = (line: string) => {
      // Its heading ends with an empty line, which it prints once it listens.
      if (!listening && line === '') {
        listening = true;
        this.onListening();
        this.markReady();
      }
      reader.push(line);
    };
    this.follower = this.exec.follow(['udevadm', 'monitor', '--kernel', '--property'], onLine);
    void this.follower.ended.then((why) => {
      if (this.stopped) return;
      this.onGap(why);
      this.restart = this.clock.setTimer(restartMs, () => this.start());
    });
  }

  stop(): void {
    this.stopped = true;
    this.restart?.cancel();
    this.follower?.stop();
  }
}
