import { status } from '@grpc/grpc-js';
import { HostEventKind } from '../../../src/host/gen/host';
import { GrpcFixture, Refusal, latch, type Handlers } from './grpc-fixture';

let fixture: GrpcFixture;
beforeEach(async () => (fixture = await GrpcFixture.start()));
afterEach(() => fixture.end());

describe('a stream', () => {
  const event = (volumeUid: string) => ({ kind: HostEventKind.VOLUME, volumeUid });

  it('brings the items in order and ends with them', async () => {
    await fixture.serve({
      watch: async function* () {
        for (let i = 0; i < 500; i++) yield event(`v${i}`);
        await Promise.resolve();
      },
    });
    const uids: string[] = [];
    for await (const { volumeUid } of fixture.connect().watch({})) uids.push(volumeUid);
    expect(uids).toEqual(Array.from({ length: 500 }, (_, i) => `v${i}`));
  });

  it('fails with the agreed error after the items before it', async () => {
    await fixture.serve({
      watch: async function* () {
        yield event('v1');
        await Promise.resolve();
        throw new Refusal('Unreachable', 'udev is gone');
      },
    });
    const uids: string[] = [];
    const reading = (async () => {
      for await (const { volumeUid } of fixture.connect().watch({})) uids.push(volumeUid);
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'Unreachable', message: 'udev is gone' });
    expect(uids).toEqual(['v1']);
  });

  const endless = (told: { open: (value: void) => void }): Partial<Handlers> => ({
    watch: async function* (_request, { signal }) {
      signal.addEventListener('abort', () => told.open());
      yield event('v1');
      await new Promise(() => undefined);
    },
  });

  it('ends at the server when the reader has had enough', async () => {
    const told = latch();
    await fixture.serve(endless(told));
    for await (const _ of fixture.connect().watch({})) break;
    await told.opened;
  });

  it('ends without an error when its signal is aborted', async () => {
    const told = latch();
    await fixture.serve(endless(told));
    const abort = new AbortController();
    for await (const _ of fixture.connect().watch({}, { signal: abort.signal })) abort.abort();
    await told.opened;
    for await (const _ of fixture.connect().watch({}, { signal: abort.signal }))
      throw new Error('an item after the abort');
  });

  it('ends when the server is closed, though its source waits for ever', async () => {
    const told = latch();
    const server = await fixture.serve(endless(told));
    const items: unknown[] = [];
    for await (const item of fixture.connect().watch({})) {
      items.push(item);
      void server.close(60_000);
    }
    expect(items).toHaveLength(1);
    await told.opened;
  });

  it('is not produced faster than it is read', async () => {
    let produced = 0;
    await fixture.serve({
      watch: async function* () {
        for (; produced < 5_000; produced++) yield event('v'.repeat(20_000));
        await Promise.resolve();
      },
    });
    for await (const _ of fixture.connect().watch({})) {
      // Nobody reads: in the end the producer stands still, and not because it has reached its end.
      for (let before = -1; before !== produced;) {
        before = produced;
        for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(produced).toBeLessThan(1_000);
      break;
    }
  });

  it('fails when its connection breaks', async () => {
    await fixture.serve(endless(latch()));
    const { socketPath, cut } = await fixture.detour();
    const reading = (async () => {
      for await (const _ of fixture.connect(undefined, socketPath).watch({})) cut();
    })();
    await expect(reading).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });
});
