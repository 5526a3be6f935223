import { parseExportNQN } from '../../../api/identity';
import type { HostError } from '../../errors';
import { HostEventKind, type HostEvent } from '../../gen/host';
import type { KernelEvent } from '../kernel/context';
import type { Kernel } from '../kernel/kernel';
import { volumeUIDOf } from './names';

/** One watcher's hints: what happened since it looked last, each thing once. */
export class Watcher {
  private readonly pending = new Map<string, HostEvent>();
  private wake: (() => void) | undefined;
  private over: HostError | 'ended' | undefined;
  private readonly stop: () => void;

  constructor(kernel: Kernel) {
    this.push({ kind: HostEventKind.STARTED, volumeUid: '', driveId: '' });
    this.stop = kernel.listen((event) => {
      const hint = hintOf(event);
      if (hint) this.push(hint);
    });
  }

  /** The watcher has enough, or the agent is gone. */
  end(reason: HostError | 'ended'): void {
    this.over ??= reason;
    this.stop();
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
