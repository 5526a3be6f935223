import { leases } from '../../../src/api/resources';
import { LeaseHeartbeat } from '../../../src/runtime/lease/heartbeat';
import { FakeClock } from '../../support/fake-clock';
import { MemoryKube } from './memory-kube';
import { recordingLog } from './quiet-log';

const kube = () => new MemoryKube();
const start = (client: MemoryKube, clock: FakeClock) => {
  const abort = new AbortController();
  const { log, lines } = recordingLog();
  const said: Record<string, string | null> = {};
  const options = { client, namespace: 'meshstor', name: 'node-n1', identity: 'n1', clock, log };
  const running = new LeaseHeartbeat({ ...options, annotations: () => said }).run(abort.signal);
  return { abort, lines, said, running };
};
const writes = (client: MemoryKube) => client.calls.filter(({ verb }) => verb !== 'get');

describe('LeaseHeartbeat', () => {
  it('creates the lease where there is none, and renews it every ten seconds', async () => {
    const client = kube();
    const clock = new FakeClock(0);
    const { abort, running } = start(client, clock);
    await clock.advance(25_000);
    expect(writes(client).map(({ verb }) => verb)).toEqual(['patch', 'create', 'patch', 'patch']);
    expect(await client.get(leases, 'node-n1', 'meshstor')).toMatchObject({
      spec: { holderIdentity: 'n1', leaseDurationSeconds: 40, renewTime: '1970-01-01T00:00:20.000000Z' },
    });
    abort.abort();
    await running;
    expect(clock.pending).toEqual([]);
  });

  it('carries what else there is to say, and takes it back', async () => {
    const client = kube();
    const clock = new FakeClock(0);
    const { abort, said } = start(client, clock);
    const annotations = async () => (await client.get(leases, 'node-n1', 'meshstor'))?.metadata.annotations ?? {};
    said['unfit'] = 'too old';
    await clock.advance(15_000);
    expect(await annotations()).toEqual({ unfit: 'too old' });
    said['unfit'] = null;
    await clock.advance(10_000);
    expect(await annotations()).toEqual({});
    abort.abort();
  });

  it('carries it from the first write on, also where there was no lease', async () => {
    const client = kube();
    const clock = new FakeClock(0);
    const { abort, said } = start(client, clock);
    Object.assign(said, { unfit: 'too old', other: null });
    await clock.advance(100);
    expect((await client.get(leases, 'node-n1', 'meshstor'))?.metadata.annotations).toEqual({ unfit: 'too old' });
    abort.abort();
  });

  it('keeps trying, with one attempt a period', async () => {
    const client = kube();
    const clock = new FakeClock(0);
    client.fault = () => {
      throw new Error('connection refused');
    };
    const { abort, lines } = start(client, clock);
    await clock.advance(35_000);
    expect(writes(client)).toHaveLength(4);
    expect(lines).toHaveLength(4);
    client.fault = () => undefined;
    await clock.advance(10_000);
    expect(await client.get(leases, 'node-n1', 'meshstor')).toBeDefined();
    abort.abort();
  });

  it('sends no second write while one has no answer yet', async () => {
    const client = kube();
    const clock = new FakeClock(0);
    let answer = () => {};
    client.fault = () => new Promise((resolve) => (answer = resolve));
    const { abort } = start(client, clock);
    await clock.advance(60_000);
    expect(writes(client)).toHaveLength(1);
    client.fault = () => undefined;
    answer();
    await clock.advance(0);
    expect(writes(client)).toHaveLength(3);
    abort.abort();
  });

  it('ends at once when it is shut down, also while a write has no answer', async () => {
    const client = kube();
    const clock = new FakeClock(0);
    client.fault = () => new Promise(() => undefined);
    const { abort, running } = start(client, clock);
    await clock.advance(100);
    abort.abort();
    await running;
    expect(clock.pending).toEqual([]);
  });
});
