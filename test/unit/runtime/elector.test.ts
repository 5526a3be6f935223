import fc from 'fast-check';
import { leases, type Lease } from '../../../src/api/resources';
import { LeaderElector, LeadershipLost, type LeaderElectorOptions } from '../../../src/runtime/lease/elector';
import { newMetrics } from '../../../src/runtime/metrics';
import { FakeClock } from '../../support/fake-clock';
import { MemoryKube } from './memory-kube';
import { quietLog } from './quiet-log';

type Line = 'works' | 'refuses' | 'hangs' | 'loses answers';

/** One process that wants to lead, with its own line to the API server. */
class Candidate {
  line: Line = 'works';
  leading = false;
  ended: unknown;
  readonly log: string[] = [];
  readonly shutdown = new AbortController();
  readonly metrics = newMetrics();
  readonly done: Promise<void>;

  constructor(
    readonly identity: string,
    kube: MemoryKube,
    private readonly clock: FakeClock,
    options: Partial<LeaderElectorOptions> = {},
    lead?: (signal: AbortSignal) => Promise<void>,
  ) {
    const client = this.through(kube);
    const basics = { client, namespace: 'meshstor', name: 'controller', identity, clock, log: quietLog() };
    const elector = new LeaderElector({ ...basics, random: () => 0, metrics: this.metrics, ...options });
    this.done = elector.run(this.shutdown.signal, lead ?? ((signal) => this.lead(signal))).then(
      () => void (this.ended = 'released'),
      (error: unknown) => void (this.ended = error),
    );
  }

  private async lead(signal: AbortSignal): Promise<void> {
    this.leading = true;
    this.log.push(`leads at ${this.clock.now()}`);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    this.leading = false;
    this.log.push(`stops at ${this.clock.now()}`);
  }

  private through(kube: MemoryKube): MemoryKube {
    const pass = async <R>(call: () => Promise<R>): Promise<R> => {
      if (this.line === 'hangs') await new Promise(() => undefined);
      if (this.line === 'refuses') throw new Error('connection refused');
      const { line } = this;
      const result = await call();
      if (line === 'loses answers') throw new Error('connection reset');
      return result;
    };
    return {
      get: (...args: Parameters<MemoryKube['get']>) => pass(() => kube.get(...args)),
      create: (...args: Parameters<MemoryKube['create']>) => pass(() => kube.create(...args)),
      replace: (...args: Parameters<MemoryKube['replace']>) => pass(() => kube.replace(...args)),
    } as unknown as MemoryKube;
  }
}

let kube: MemoryKube;
let clock: FakeClock;
beforeEach(() => {
  kube = new MemoryKube();
  clock = new FakeClock(0);
});
const lease = () => kube.get(leases, 'controller', 'meshstor') as Promise<Lease>;

describe('LeaderElector', () => {
  it('elects the first, and renews its lease every two seconds with one request', async () => {
    const a = new Candidate('a', kube, clock);
    await clock.advance(0);
    expect(a.log).toEqual(['leads at 0']);
    expect((await lease()).spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '1970-01-01T00:00:00.000000Z',
      renewTime: '1970-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    kube.calls.length = 0;
    await clock.advance(20_000);
    expect(kube.calls.map(({ verb }) => verb)).toEqual(Array.from({ length: 10 }, () => 'replace'));
    expect((await lease()).spec?.renewTime).toBe('1970-01-01T00:00:20.000000Z');
    expect(await a.metrics.value('leader_election_master_status')).toBe(1);
  });

  it('elects another after the lease has run out, well after the first has stopped', async () => {
    const a = new Candidate('a', kube, clock);
    await clock.advance(1);
    const b = new Candidate('b', kube, clock);
    await clock.advance(30_000);
    expect(b.log).toEqual([]);
    a.line = 'refuses';
    await clock.advance(40_000);
    // The last renewal was sent at 30 s.
    expect(a.log).toEqual(['leads at 0', 'stops at 40000']);
    expect(a.ended).toBeInstanceOf(LeadershipLost);
    expect(b.log).toHaveLength(1);
    const took = Number(b.log[0]!.split(' ').at(-1));
    expect(took).toBeGreaterThanOrEqual(45_000);
    expect(took).toBeLessThanOrEqual(50_000);
    expect((await lease()).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it.each<Line>(['hangs', 'loses answers'])('stops in time when its line %s', async (line) => {
    const a = new Candidate('a', kube, clock);
    await clock.advance(1000);
    a.line = line;
    await clock.advance(9_999);
    // What was written although its answer was lost cannot be known.
    await clock.advance(1001);
    expect(a.leading).toBe(false);
    expect(a.ended).toBeInstanceOf(LeadershipLost);
    expect(await a.metrics.value('leader_election_master_status')).toBe(0);
  });

  it('goes on leading over a failure shorter than the deadline', async () => {
    const a = new Candidate('a', kube, clock);
    await clock.advance(1000);
    for (const line of ['refuses', 'works', 'hangs', 'works'] as const) {
      a.line = line;
      await clock.advance(5_000);
    }
    expect(a.log).toEqual(['leads at 0']);
  });

  it('hands over at once on a clean shut-down, after its work has ended', async () => {
    let finish = () => {};
    const a = new Candidate('a', kube, clock, {}, () => new Promise((resolve) => (finish = resolve)));
    await clock.advance(0);
    const b = new Candidate('b', kube, clock);
    await clock.advance(5_000);
    a.shutdown.abort();
    await clock.advance(60_000);
    expect((await lease()).spec?.holderIdentity).toBe('a');
    expect(b.leading).toBe(false);
    finish();
    await clock.advance(0);
    expect((await lease()).spec?.holderIdentity).toBe('');
    expect(a.ended).toBe('released');
    await clock.advance(2_000);
    expect(b.leading).toBe(true);
  });

  it('judges a holder by what it saw change, not by what the lease says the time is', async () => {
    const spec = { holderIdentity: 'far', leaseDurationSeconds: 15, renewTime: '1960-01-01T00:00:00.000000Z' };
    await kube.create(leases, { metadata: { name: 'controller', namespace: 'meshstor' }, spec });
    const b = new Candidate('b', kube, clock);
    for (let i = 0; i < 5; i++) {
      await clock.advance(10_000);
      await kube.patch(
        leases,
        'controller',
        { spec: { leaseTransitions: i } },
        { fieldManager: 'x', namespace: 'meshstor' },
      );
    }
    expect(b.leading).toBe(false);
    await clock.advance(18_000);
    expect(b.leading).toBe(true);
  });

  it('grants a holder the longer time it was promised', async () => {
    const spec = { holderIdentity: 'slow', leaseDurationSeconds: 60 };
    await kube.create(leases, { metadata: { name: 'controller', namespace: 'meshstor' }, spec });
    const b = new Candidate('b', kube, clock);
    await clock.advance(59_000);
    expect(b.leading).toBe(false);
    await clock.advance(4_000);
    expect(b.leading).toBe(true);
  });

  it('stops as soon as it sees that another holds the lease', async () => {
    const a = new Candidate('a', kube, clock);
    await clock.advance(1000);
    await kube.patch(
      leases,
      'controller',
      { spec: { holderIdentity: 'x' } },
      { fieldManager: 'x', namespace: 'meshstor' },
    );
    await clock.advance(4_000);
    expect(String(a.ended)).toContain('another holds it');
    expect((await lease()).spec?.holderIdentity).toBe('x');
  });

  it('takes up its own lease again after a restart under the same name, without a transition', async () => {
    const a = new Candidate('a', kube, clock);
    await clock.advance(1000);
    a.line = 'hangs';
    const again = new Candidate('a', kube, clock);
    await clock.advance(0);
    expect(again.leading).toBe(true);
    expect((await lease()).spec?.leaseTransitions).toBe(0);
  });

  it('releases the lease and passes on what the work throws', async () => {
    const a = new Candidate('a', kube, clock, {}, () => Promise.reject(new Error('broken')));
    await clock.advance(0);
    expect(String(a.ended)).toBe('Error: broken');
    expect((await lease()).spec?.holderIdentity).toBe('');
    expect(clock.pending).toEqual([]);
  });

  it('ends without having led when it is shut down before', async () => {
    const a = new Candidate('a', kube, clock);
    await clock.advance(0);
    const b = new Candidate('b', kube, clock);
    await clock.advance(3_000);
    b.shutdown.abort();
    a.shutdown.abort();
    await clock.advance(0);
    expect([b.ended, b.log]).toEqual(['released', []]);
    expect(clock.pending).toEqual([]);
  });

  it('has never two leaders, whatever their lines do', async () => {
    const lines: fc.Arbitrary<Line> = fc.constantFrom('works', 'refuses', 'hangs', 'loses answers');
    const step = fc.record({ who: fc.nat(2), line: lines, ms: fc.integer({ min: 1, max: 20_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        kube = new MemoryKube();
        clock = new FakeClock(0);
        const start = (n: number) => new Candidate(`c${n}`, kube, clock);
        const candidates = [start(0), start(1), start(2)];
        let life = 3;
        for (const { who, line, ms } of steps) {
          candidates[who]!.line = line;
          for (let left = ms; left > 0; left -= 250) {
            await clock.advance(Math.min(250, left));
            expect(candidates.filter(({ leading }) => leading).length).toBeLessThanOrEqual(1);
          }
          // A process that lost its lease ends and is started anew.
          candidates.forEach(({ ended }, n) => ended && (candidates[n] = start(life++)));
        }
        for (const candidate of candidates) candidate.line = 'works';
        await clock.advance(60_000);
        expect(candidates.filter(({ leading }) => leading)).toHaveLength(1);
        for (const { shutdown } of candidates) shutdown.abort();
        await clock.settle();
      }),
      { numRuns: 40 },
    );
  }, 30_000);
});
