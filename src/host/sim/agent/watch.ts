import { parseExportNQN } from '../../../api/identity';
import type { HostError } from '../../errors';
import type { Timer } from '../../../runtime/clock';
import { HostEventKind, type HostEvent } from '../../gen/host';
import type { KernelEvent } from '../kernel/context';
import type { Host } from './host';
import { volumeUIDOf } from './names';

/** One watcher's hints: what happened since it looked last, each thing once. */
export class Watcher {
  private readonly pending = new Map<string, HostEvent>();
  private wake: (() => void) | undefined;
  private over: HostError | 'ended' | undefined;
  private readonly stop: () => void;
  /** Progress that is not told yet, by volume. */
  private readonly progress = new Map<string, Timer>();

  constructor(private readonly host: Pick<Host, 'kernel' | 'clock' | 'timings'>) {
    this.push({ kind: HostEventKind.STARTED, volumeUid: '', driveId: '' });
    this.stop = host.kernel.listen((event) => {
      const hint = hintOf(event);
      if (!hint) return;
      if (event.subject === 'md' && event.progress) this.tellLater(hint);
      else this.push(hint);
    });
  }

  /** The watcher has enough, or the agent is gone. */
  end(reason: HostError | 'ended'): void {
    this.over ??= reason;
    this.stop();
    for (const timer of this.progress.values()) timer.cancel();
    this.wake?.();
  }

  async *events(): AsyncIterable<HostEvent> {
    try {
      while (this.over === undefined) {
        const events = [...this.pending.values()];
        this.pending.clear();
        yield* events;
        if (this.pending.size === 0 && this.over === undefined) {
          await new Promise<void>((resolve) => (this.wake = resolve));
        }
      }
      if (this.over !== 'ended') throw this.over;
    } finally {
      this.stop();
    }
  }

  private tellLater(event: HostEvent): void {
    const { volumeUid } = event;
    if (this.progress.has(volumeUid)) return;
    const tell = () => {
      this.progress.delete(volumeUid);
      this.push(event);
    };
    this.progress.set(volumeUid, this.host.clock.setTimer(this.host.timings.mdProgressMs, tell));
  }

  private push(event: HostEvent): void {
    this.pending.set(`${event.kind} ${event.volumeUid}${event.driveId}`, event);
    this.wake?.();
  }
}

function hintOf(event: KernelEvent): HostEvent | undefined {
  if (event.subject === 'drive') return { kind: HostEventKind.DRIVE, volumeUid: '', driveId: event.id };
  const volumeUid = volumeOf(event);
  return volumeUid === undefined ? undefined : { kind: HostEventKind.VOLUME, volumeUid, driveId: '' };
}

function volumeOf(event: Exclude<KernelEvent, { subject: 'drive' }>): string | undefined {
  switch (event.subject) {
    case 'import':
      return parseExportNQN(event.nqn)?.volumeUID;
    case 'dm':
      return volumeUIDOf(event);
    case 'md':
      return volumeUIDOf({ uuid: event.member });
  }
}
