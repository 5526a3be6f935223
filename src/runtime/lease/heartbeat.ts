import { leases } from '../../api/resources';
import type { Clock } from '../clock';
import { isNotFound, type KubeClient } from '../kube/client';
import type { Logger } from '../log';
import { microTime } from '../microtime';

export interface LeaseHeartbeatOptions {
  client: KubeClient;
  namespace: string;
  name: string;
  /** Who is alive. */
  identity: string;
  clock: Clock;
  log: Logger;
  periodMs?: number;
  /** What the lease says about how long silence is no news; those who judge it have their own limits. */
  leaseDurationSeconds?: number;
  /** What else the lease says, looked at for each beat; null takes an annotation away. */
  annotations?: () => Record<string, string | null>;
}

const fieldManager = 'meshstor-heartbeat';

/**
 * Says "alive" by renewing one Lease.
 *
 * Guarantees: one write a period at most, whatever happens; no failure ends it.
 */
export class LeaseHeartbeat {
  constructor(private readonly options: LeaseHeartbeatOptions) {}

  /** Returns when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, name, periodMs = 10_000 } = this.options;
    while (!signal.aborted) {
      const nextBeat = clock.sleep(periodMs, signal).catch(() => undefined);
      const beat = this.beat().catch((error: unknown) => {
        log.warn(`heartbeat lease ${name} was not renewed`, { error: String(error) });
      });
      // At shutdown nobody waits for an answer.
      await nextBeat;
      if (!signal.aborted) await beat;
    }
  }

  private async beat(): Promise<void> {
    const { client, clock, namespace, name, identity, leaseDurationSeconds = 40 } = this.options;
    const spec = { holderIdentity: identity, leaseDurationSeconds, renewTime: microTime(clock) };
    const annotations = this.options.annotations?.();
    try {
      const body = { ...(annotations && { metadata: { annotations } }), spec };
      await client.patch(leases, name, body, { fieldManager, namespace });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const metadata = { name, namespace, annotations: present(annotations) };
      await client.create(leases, { metadata, spec }, { fieldManager });
    }
  }
}

/** A new lease has nothing that could be taken away. */
function present(annotations: Record<string, string | null> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).flatMap(([name, text]) => (text === null ? [] : [[name, text]])),
  );
}
