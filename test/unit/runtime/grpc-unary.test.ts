import { Client, credentials, status } from '@grpc/grpc-js';
import type { CreatePartitionRequest } from '../../../src/host/gen/host';
import type { EndedCall } from '../../../src/runtime/grpc/definition';
import type { CallContext } from '../../../src/runtime/grpc/server';
import { GrpcFixture, Refusal, abortion, latch, type Handlers } from './grpc-fixture';

let fixture: GrpcFixture;
beforeEach(async () => (fixture = await GrpcFixture.start()));
afterEach(() => fixture.end());

describe('a unary call', () => {
  it('carries the request there and the answer back, with defaults for what was left out', async () => {
    const requests: CreatePartitionRequest[] = [];
    await fixture.serve({
      createPartition: async (request) => (requests.push(request), { uuid: request.uuid, sizeBytes: 2 ** 40 }),
    });
    const answer = await fixture.connect().createPartition({ uuid: 'u1' });
    expect(requests).toEqual([{ uuid: 'u1', driveId: '', label: '', sizeBytes: 0 }]);
    expect(answer).toMatchObject({ uuid: 'u1', sizeBytes: 2 ** 40, exports: [], volatileWriteCache: false });
  });

  it('fails with the error that both ends have agreed on', async () => {
    await fixture.serve({
      createPartition: () => Promise.reject(new Refusal('NoSpace', 'drive d1 has no room of 10 GiB')),
    });
    const failed = fixture.connect().createPartition({});
    await expect(failed).rejects.toThrow('drive d1 has no room of 10 GiB');
    await expect(failed).rejects.toMatchObject({ kind: 'NoSpace', code: status.FAILED_PRECONDITION });
  });

  it.each<[string, Partial<Handlers>]>([
    [
      'throws before its first await',
      {
        createPartition: () => {
          throw new Error('bug');
        },
      },
    ],
    ['answers what cannot be encoded', { createPartition: async () => ({ sizeBytes: 'many' }) as never }],
  ])('survives a handler that %s', async (_how, handlers) => {
    await fixture.serve({ ...handlers, deletePartition: async () => ({}) });
    const calls = fixture.connect();
    await expect(calls.createPartition({})).rejects.toMatchObject({ code: status.INTERNAL });
    expect(await calls.deletePartition({})).toEqual({});
  });

  it('is answered as internal when even the error cannot be told', async () => {
    await fixture.serve(
      {},
      {
        toStatus: () => {
          throw new Error('bug');
        },
      },
    );
    await expect(fixture.connect().createPartition({})).rejects.toThrow('internal error');
  });

  it('survives a request that is no message', async () => {
    await fixture.serve({ deletePartition: async () => ({}) });
    const raw = new Client(`unix:${fixture.socketPath}`, credentials.createInsecure());
    const bytes = (buffer: Buffer) => buffer;
    const error = await new Promise((resolve) =>
      raw.makeUnaryRequest('/test.Partitions/CreatePartition', bytes, bytes, Buffer.from('\xff\xff\xff'), (failure) =>
        resolve(failure),
      ),
    );
    raw.close();
    expect(error).toMatchObject({ code: status.INTERNAL });
    expect(await fixture.connect().deletePartition({})).toEqual({});
  });

  it('ends with the reason of its signal, and the handler learns of it', async () => {
    const entered = latch<CallContext>();
    const told = latch();
    await fixture.serve({
      createPartition: async (_request, context) => {
        entered.open(context);
        await abortion(context.signal);
        told.open();
        return {};
      },
    });
    const abort = new AbortController();
    const call = fixture.connect().createPartition({}, { signal: abort.signal });
    expect((await entered.opened).deadlineMs).toBeGreaterThan(15_000);
    abort.abort(new Error('no longer wanted'));
    await expect(call).rejects.toThrow('no longer wanted');
    await told.opened;
    await expect(fixture.connect().createPartition({}, { signal: abort.signal })).rejects.toThrow('no longer wanted');
  });

  it('ends at its deadline, and the handler learns of it', async () => {
    const told = latch<CallContext>();
    await fixture.serve({
      createPartition: async (_request, context) => {
        await abortion(context.signal);
        told.open(context);
        return {};
      },
    });
    await expect(fixture.connect().createPartition({}, { deadlineMs: 100 })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
    expect((await told.opened).deadlineMs).toBeLessThanOrEqual(100);
  });

  it('ends at its deadline when there is no server', async () => {
    await expect(fixture.connect().createPartition({}, { deadlineMs: 100 })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
  });

  it('waits for a server that is only just starting, and finds one that was restarted', async () => {
    const calls = fixture.connect();
    const early = calls.deletePartition({});
    const first = await fixture.serve({ deletePartition: async () => ({}) });
    expect(await early).toEqual({});

    await first.close(0);
    await fixture.serve({ deletePartition: async () => ({}) });
    expect(await calls.deletePartition({})).toEqual({});
  });

  it('fails when its connection breaks, and the next one finds the server again', async () => {
    const entered = latch();
    await fixture.serve({
      createPartition: async (_request, { signal }) => {
        entered.open();
        await abortion(signal);
        return {};
      },
      deletePartition: async () => ({}),
    });
    const { socketPath, cut } = await fixture.detour();
    const calls = fixture.connect(undefined, socketPath);
    const failed = calls.createPartition({}).catch((error: unknown) => error);
    await entered.opened;
    cut();
    expect(await failed).toMatchObject({ code: status.UNAVAILABLE });
    expect(await calls.deletePartition({})).toEqual({});
  });

  it('is told to those who count and log, on both ends', async () => {
    const seen: EndedCall[] = [];
    const served: EndedCall[] = [];
    await fixture.serve({ deletePartition: async () => ({}) }, { onCall: (call) => served.push(call) });
    const calls = fixture.connect((call) => seen.push(call));
    await calls.deletePartition({});
    await calls.createPartition({}).catch(() => undefined);
    const both = [
      { service: 'test.Partitions', method: 'DeletePartition', code: status.OK },
      { method: 'CreatePartition', code: status.INTERNAL },
    ];
    expect([seen, served]).toMatchObject([both, both]);
  });

  it('is not harmed by an observer that throws', async () => {
    await fixture.serve(
      { deletePartition: async () => ({}) },
      {
        onCall: () => {
          throw new Error('bug');
        },
      },
    );
    expect(await fixture.connect().deletePartition({})).toEqual({});
  });
});
