import fc from 'fast-check';
import type { Lease } from '../../../src/api/resources';
import { silenceLimitMs } from '../../../src/api/silence';
import { Liveness } from '../../../src/controllers/liveness';
import { FakeClock } from '../../support/fake-clock';

const start = Date.parse('2026-01-01T00:00:00Z');

/** A controller, and leases renewed by nodes whose clocks may be off by `skewMs`. */
function watching() {
  const clock = new FakeClock(start);
  const liveness = new Liveness(clock);
  const changes: string[] = [];
  liveness.onChange((lease) => changes.push(lease));
  const renew = (node = 'node1', skewMs = 0, agoMs = 0) =>
    liveness.observe(leaseOf(node, new Date(clock.now() + skewMs - agoMs).toISOString()));
  /** Time goes by, in which the leader renews its own lease. */
  const advance = async (ms: number) => {
    for (let left = ms; left > 0; left -= 5_000) {
      const metadata = { name: 'meshstor-controller' };
      liveness.observe({ metadata, spec: { renewTime: new Date(clock.now()).toISOString() } });
      await clock.advance(Math.min(left, 5_000));
    }
  };
  return { clock, advance, liveness, changes, renew };
}

const leaseOf = (node: string, renewTime: string | null | undefined): Lease => ({
  metadata: { name: `meshstor-node-${node}` },
  ...(renewTime !== undefined && { spec: { renewTime } }),
});

describe('a node', () => {
  test('that never had a lease is dead: nothing of ours runs there', () => {
    expect(watching().liveness.isDead('node1')).toBe(true);
  });
  test('is alive for 60 s after a renewal, and dead after', async () => {
    const { advance, liveness, renew } = watching();
    renew();
    await advance(silenceLimitMs);
    expect(liveness.isDead('node1')).toBe(false);
    await advance(1);
    expect(liveness.isDead('node1')).toBe(true);
  });
  test('is not kept alive by seeing the same renewal again', async () => {
    const { advance, liveness } = watching();
    const lease = leaseOf('node1', new Date(start).toISOString());
    for (let second = 0; second <= 60; second += 10) {
      liveness.observe(lease);
      await advance(10_000);
    }
    expect(liveness.isDead('node1')).toBe(true);
  });
  test('is told from others', () => {
    const { liveness, renew } = watching();
    renew('node1');
    expect(liveness.isDead('node2')).toBe(true);
  });
  test('whose lease is gone is dead at once', () => {
    const { liveness, renew } = watching();
    renew();
    liveness.forget('meshstor-node-node1');
    expect(liveness.isDead('node1')).toBe(true);
  });
});

describe('when no lease is heard any more', () => {
  test('nobody dies of that, however long it takes', async () => {
    const { clock, liveness, renew } = watching();
    renew();
    await clock.advance(3_600_000);
    expect(liveness.isDead('node1')).toBe(false);
  });
  test('and one is heard again, the others have as long as they had before', async () => {
    const { clock, advance, liveness, renew } = watching();
    renew('node1');
    await clock.advance(3_600_000);
    renew('node2');
    expect(liveness.isDead('node1')).toBe(false);
    await advance(silenceLimitMs - 15_000);
    expect(liveness.isDead('node1')).toBe(false);
    await advance(1);
    expect(liveness.isDead('node1')).toBe(true);
  });
  test('who was silent before stays dead', async () => {
    const { clock, advance, liveness, renew } = watching();
    renew();
    await advance(silenceLimitMs + 1);
    await clock.advance(3_600_000);
    expect(liveness.isDead('node1')).toBe(true);
  });
});

describe('a node that cannot run arrays', () => {
  const telling = (node: string, unfit?: string): Lease => ({
    metadata: { name: `meshstor-node-${node}`, ...(unfit && { annotations: { 'meshstor.io/unfit': unfit } }) },
    spec: { renewTime: new Date(start + (unfit ? 0 : 1)).toISOString() },
  });
  test('says so in its lease, until it does not', () => {
    const { liveness } = watching();
    liveness.observe(telling('node1', 'Its kernel is too old.'));
    expect(liveness.unfit('node1')).toBe('Its kernel is too old.');
    expect(liveness.unfit('node2')).toBeUndefined();
    liveness.observe(telling('node1'));
    expect(liveness.unfit('node1')).toBeUndefined();
  });
});

describe('the first sight of a lease', () => {
  test('believes its time-stamp that the node was silent before', async () => {
    const { advance, liveness, renew } = watching();
    renew('node1', 0, 50_000);
    expect(liveness.isDead('node1')).toBe(false);
    await advance(10_001);
    expect(liveness.isDead('node1')).toBe(true);
  });
  test('of a node that died before this process started is of a dead node', () => {
    const { liveness, renew } = watching();
    renew('node1', 0, silenceLimitMs + 1);
    expect(liveness.isDead('node1')).toBe(true);
  });
  test('never makes a node younger than now, whatever its clock says', async () => {
    const { advance, liveness, renew } = watching();
    renew('node1', 3_600_000);
    await advance(silenceLimitMs + 1);
    expect(liveness.isDead('node1')).toBe(true);
  });
  test.each([undefined, null, '', 'yesterday'])('without a readable time counts from now: %j', async (renewTime) => {
    const { advance, liveness } = watching();
    liveness.observe(leaseOf('node1', renewTime));
    expect(liveness.isDead('node1')).toBe(false);
    await advance(silenceLimitMs + 1);
    expect(liveness.isDead('node1')).toBe(true);
  });
});

test('whatever its clock says, a node lives while it renews and dies 60 s after its last renewal', async () => {
  const day = 86_400_000;
  const beats = fc.array(fc.integer({ min: 1, max: silenceLimitMs }), { minLength: 1, maxLength: 8 });
  const property = fc.asyncProperty(fc.integer({ min: -day, max: day }), beats, async (skew, gaps) => {
    const { advance, liveness, renew } = watching();
    renew('node1', skew);
    for (const gap of gaps) {
      await advance(gap);
      renew('node1', skew);
      expect(liveness.isDead('node1')).toBe(false);
    }
    await advance(silenceLimitMs);
    expect(liveness.isDead('node1')).toBe(false);
    await advance(1);
    expect(liveness.isDead('node1')).toBe(true);
  });
  await fc.assert(property, { numRuns: 50 });
});

describe('whoever listens', () => {
  test('hears of a node that comes, dies, and comes back, once each', async () => {
    const { advance, liveness, changes, renew } = watching();
    const stop = new AbortController();
    liveness.start(stop.signal);
    renew();
    renew();
    expect(changes).toHaveLength(1);
    await advance(silenceLimitMs);
    expect(changes).toHaveLength(1);
    await advance(10_000);
    expect(changes).toHaveLength(2);
    await advance(600_000);
    expect(changes).toHaveLength(2);
    renew();
    expect(changes).toEqual(Array(3).fill('meshstor-node-node1'));
    stop.abort();
  });
  test('hears of a death at most 5 s late', async () => {
    const { advance, liveness, changes, renew } = watching();
    const stop = new AbortController();
    await advance(1_234);
    liveness.start(stop.signal);
    renew();
    await advance(silenceLimitMs + 5_000);
    expect(changes).toHaveLength(2);
    stop.abort();
  });
  test('hears of a node whose lease is gone, and of the lease that comes again', () => {
    const { liveness, changes, renew } = watching();
    renew();
    liveness.forget('meshstor-node-node1');
    liveness.forget('meshstor-node-node1');
    renew();
    expect(changes).toHaveLength(3);
  });
  test('hears nothing of a node that was dead when it was first seen', () => {
    const { changes, renew } = watching();
    renew('node1', 0, silenceLimitMs + 1);
    expect(changes).toEqual([]);
  });
  test('finds what it hears to be so already', () => {
    const { liveness, renew } = watching();
    const verdicts: boolean[] = [];
    liveness.onChange(() => verdicts.push(liveness.isDead('node1')));
    renew();
    liveness.forget('meshstor-node-node1');
    expect(verdicts).toEqual([false, true]);
  });
  test('is left in peace after the signal, with no timer left', async () => {
    const { clock, advance, liveness, changes, renew } = watching();
    const stop = new AbortController();
    liveness.start(stop.signal);
    renew();
    stop.abort();
    expect(clock.pending).toEqual([]);
    await advance(600_000);
    expect(changes).toHaveLength(1);
  });
});
