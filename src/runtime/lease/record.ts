import type { Lease } from '../../api/resources';
import type { Clock, Timer } from '../clock';

/**
 * Whether the holder of a lease still renews it, judged only by how long ago *this process saw* it change:
 * clocks of other machines do not matter, and a step of this one's does not either (timers are monotonic).
 */
export class ObservedLease {
  private fingerprint: string | undefined;
  private expired = false;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly durationMs: number,
  ) {}

  see(lease: Lease): void {
    const fingerprint = JSON.stringify([lease.metadata.uid, lease.spec]);
    if (fingerprint === this.fingerprint) return;
    this.fingerprint = fingerprint;
    this.expired = false;
    this.timer?.cancel();
    // The holder may have been promised more time than we would ask for.
    const promisedMs = (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
    this.timer = this.clock.setTimer(Math.max(this.durationMs, promisedMs), () => (this.expired = true));
  }

  /** Whether anybody but `identity` may be holding it. */
  isHeldByOther({ spec }: Lease, identity: string): boolean {
    return !!spec?.holderIdentity && spec.holderIdentity !== identity && !this.expired;
  }

  forget(): void {
    this.timer?.cancel();
    this.fingerprint = undefined;
    this.expired = false;
  }
}
