import { leases, type Lease } from '../../api/resources';
import { aborted } from '../aborted';
import type { Clock, Random, Timer } from '../clock';
import { isAlreadyExists, isConflict, type KubeClient } from '../kube/client';
import type { Logger } from '../log';
import { newMetrics, type Gauge, type Metrics } from '../metrics';
import { microTime } from '../microtime';
import { ObservedLease } from './record';

export interface LeaderElectorOptions {
  client: KubeClient;
  namespace: string;
  /** Of the Lease. */
  name: string;
  /** Who this process is; unlike any other candidate, and unlike an earlier life of this one. */
  identity: string;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics?: Metrics;
  /** How long a leader is taken to be alive after it was last seen to renew. */
  leaseDurationMs?: number;
  /** How long after its last renewal a leader stops. Shorter by what clocks and schedulers may be late. */
  renewDeadlineMs?: number;
  retryPeriodMs?: number;
}

/** This process led, and could not renew its lease in time: another one may be leading by now. */
export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost';
}

const fieldManager = 'meshstor-leader-election';
/** As client-go: candidates look at the lease at times spread between one and 2.2 periods. */
const jitter = 1.2;

/**
 * Elects one leader among processes by a Lease, with client-go's times and semantics.
 *
 * Guarantees
 *   - A leader that could not renew for renewDeadline (by a monotonic timer, counted from when the last
 *     renewal was sent) has its signal aborted before anybody else takes over after leaseDuration.
 *   - The lease is released only after `lead` has ended, and is renewed until then.
 * Caveats: a process that was stopped (SIGSTOP, a paused VM) resumes as a leader for an instant. What must not
 * be done twice needs a compare-and-swap of its own.
 */
export class LeaderElector {
  private readonly leaseDurationMs: number;
  private readonly renewDeadlineMs: number;
  private readonly retryPeriodMs: number;
  private readonly observed: ObservedLease;
  private readonly status: Gauge<'name'>;
  /** As last written by us; renewing it needs no read. */
  private held: Lease | undefined;
  /** Whether another was seen to hold it when we looked last. */
  private takenOver = false;

  constructor(private readonly options: LeaderElectorOptions) {
    this.leaseDurationMs = options.leaseDurationMs ?? 15_000;
    this.renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.retryPeriodMs = options.retryPeriodMs ?? 2_000;
    this.observed = new ObservedLease(options.clock, this.leaseDurationMs);
    this.status = (options.metrics ?? newMetrics()).gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process is the leader of the lease named',
      labelNames: ['name'],
    });
    this.status.set({ name: options.name }, 0);
  }

  /**
   * Waits to be elected, then calls `lead` with a signal that is aborted at shutdown or when leadership is
   * lost. Returns when `lead` has returned and the lease is released, or when the signal is aborted before the
   * election. Throws LeadershipLost at once when leadership is lost, or what `lead` throws.
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      const deadline = await this.campaign(signal);
      if (deadline) await this.reign(signal, deadline, lead);
    } finally {
      this.observed.forget();
      this.status.set({ name: this.options.name }, 0);
    }
  }

  /** The lease's deadline once elected; undefined when the signal was aborted before. */
  private async campaign(signal: AbortSignal): Promise<RenewDeadline | undefined> {
    const { clock, random, log, name, identity } = this.options;
    while (!signal.aborted) {
      const deadline = new RenewDeadline(clock, this.renewDeadlineMs);
      if (await this.attempt()) {
        log.info(`elected leader of ${name}`, { identity });
        return deadline;
      }
      deadline.cancel();
      await clock.sleep(this.retryPeriodMs * (1 + jitter * random()), signal).catch(() => undefined);
    }
    return undefined;
  }

  private async reign(
    signal: AbortSignal,
    elected: RenewDeadline,
    lead: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { log, name } = this.options;
    this.status.set({ name }, 1);
    const leading = new AbortController();
    const onShutdown = () => leading.abort(signal.reason);
    signal.addEventListener('abort', onShutdown, { once: true });
    if (signal.aborted) onShutdown();
    const over = new AbortController();
    const lost = this.renew(elected, over.signal).then((lostLease) => {
      if (!lostLease) return;
      const why = this.takenOver ? 'another holds it' : `it could not be renewed for ${this.renewDeadlineMs} ms`;
      const error = new LeadershipLost(`leadership of ${name} is lost: ${why}`);
      leading.abort(error);
      throw error;
    });
    try {
      await Promise.race([lead(leading.signal), lost.then(() => new Promise<never>(() => undefined))]);
    } finally {
      signal.removeEventListener('abort', onShutdown);
      over.abort();
      await lost.catch(() => undefined);
      if (!(leading.signal.reason instanceof LeadershipLost)) await this.release();
      log.info(`stopped leading ${name}`);
    }
    // Also when the work ended because of it.
    if (leading.signal.reason instanceof LeadershipLost) throw leading.signal.reason;
  }

  /** Renews until `over`; true when the lease was lost before. */
  private async renew(elected: RenewDeadline, over: AbortSignal): Promise<boolean> {
    const { clock } = this.options;
    let deadline = elected;
    const ended = aborted(over);
    try {
      while (!over.aborted) {
        await Promise.race([clock.sleep(this.retryPeriodMs, over).catch(() => undefined), deadline.passed]);
        if (deadline.isPassed) return true;
        if (over.aborted) return false;
        const next = new RenewDeadline(clock, this.renewDeadlineMs);
        const renewed = await Promise.race([
          this.attempt(),
          deadline.passed.then(() => false),
          ended.then(() => false),
        ]);
        (renewed ? deadline : next).cancel();
        if (renewed) deadline = next;
        else if (this.takenOver) return true;
      }
      return false;
    } finally {
      deadline.cancel();
    }
  }

  /** Takes or renews the lease; false when another holds it or the API server could not be asked in time. */
  private async attempt(): Promise<boolean> {
    const { clock, log, name } = this.options;
    const patience = new RenewDeadline(clock, this.renewDeadlineMs / 2);
    try {
      return await Promise.race([this.acquireOrRenew(), patience.passed.then(() => false)]);
    } catch (error) {
      if (!isConflict(error) && !isAlreadyExists(error))
        log.warn(`lease ${name} could not be taken`, { error: String(error) });
      return false;
    } finally {
      patience.cancel();
    }
  }

  private async acquireOrRenew(): Promise<boolean> {
    const { client, namespace, name, identity } = this.options;
    // Written by us last, it needs no look; if somebody else wrote since, the compare-and-swap says so.
    const known = this.held ?? (await client.get(leases, name, namespace));
    this.held = undefined;
    if (!known) {
      const metadata = { name, namespace };
      this.held = await client.create(leases, { metadata, spec: this.spec(undefined) }, { fieldManager });
      return true;
    }
    this.observed.see(known);
    this.takenOver = this.observed.isHeldByOther(known, identity);
    if (this.takenOver) return false;
    this.held = await client.replace(leases, { ...known, spec: this.spec(known) }, { fieldManager });
    return true;
  }

  private async release(): Promise<void> {
    const { client, log, name } = this.options;
    if (!this.held) return;
    const spec = { ...this.spec(this.held), holderIdentity: '', leaseDurationSeconds: 1 };
    try {
      await client.replace(leases, { ...this.held, spec }, { fieldManager });
    } catch (error) {
      log.warn(`lease ${name} could not be released and will run out by itself`, { error: String(error) });
    }
    this.held = undefined;
  }

  private spec(before: Lease | undefined): NonNullable<Lease['spec']> {
    const { clock, identity } = this.options;
    const now = microTime(clock);
    const again = before?.spec?.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.round(this.leaseDurationMs / 1000),
      acquireTime: (again && before.spec?.acquireTime) || now,
      renewTime: now,
      leaseTransitions: (before?.spec?.leaseTransitions ?? 0) + (again || !before ? 0 : 1),
    };
  }
}

/** A time-out that can be waited for and called off. */
class RenewDeadline {
  isPassed = false;
  readonly passed: Promise<void>;
  private readonly timer: Timer;

  constructor(clock: Clock, ms: number) {
    let resolve = () => {};
    this.passed = new Promise((done) => (resolve = done));
    this.timer = clock.setTimer(ms, () => {
      this.isPassed = true;
      resolve();
    });
  }

  cancel(): void {
    this.timer.cancel();
  }
}
