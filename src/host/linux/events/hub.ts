import { HostEventKind, type HostEvent } from '../../gen/host';

/** Hands every event to everybody who listens at the moment. */
export class EventHub {
  private readonly listeners = new Set<(event: HostEvent) => void>();

  volume(volumeUid: string): void {
    this.send({ kind: HostEventKind.VOLUME, volumeUid, driveId: '' });
  }

  drive(driveId: string): void {
    this.send({ kind: HostEventKind.DRIVE, volumeUid: '', driveId });
  }

  private send(event: HostEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  /**
   * Events from now on, after one of kind STARTED, until the signal is aborted. A listener that is slow misses
   * nothing: what it has not taken yet is kept once per volume and drive.
   */
  async *listen(signal: AbortSignal): AsyncGenerator<HostEvent> {
    const pending = new Map<string, HostEvent>();
    let wake = () => undefined as void;
    const listener = (event: HostEvent) => {
      pending.set(`${event.kind}/${event.volumeUid}/${event.driveId}`, event);
      wake();
    };
    const onAbort = () => wake();
    this.listeners.add(listener);
    signal.addEventListener('abort', onAbort);
    try {
      yield { kind: HostEventKind.STARTED, volumeUid: '', driveId: '' };
      while (!signal.aborted) {
        const [first] = pending;
        if (first) {
          pending.delete(first[0]);
          yield first[1];
        } else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.listeners.delete(listener);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
