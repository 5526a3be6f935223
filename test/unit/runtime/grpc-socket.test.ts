import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { GrpcFixture, abortion, latch } from './grpc-fixture';

let fixture: GrpcFixture;
beforeEach(async () => (fixture = await GrpcFixture.start()));
afterEach(() => fixture.end());

describe('the socket', () => {
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

  it('and its fixture.folder are their owner’s alone, unless told otherwise', async () => {
    await fixture.serve({});
    expect([await mode(join(fixture.folder, 'agent')), await mode(fixture.socketPath)]).toEqual(['700', '600']);
    fixture.socketPath = join(fixture.folder, 'csi.sock');
    const before = await mode(fixture.folder);
    await fixture.serve({}, { directoryMode: 'leave', socketMode: 0o660 });
    expect([await mode(fixture.folder), await mode(fixture.socketPath)]).toEqual([before, '660']);
  });

  it('takes the place of a stale one', async () => {
    const stale = createServer();
    fixture.socketPath = join(fixture.folder, 'host.sock');
    await new Promise<void>((resolve) => stale.listen(join(fixture.folder, 'x.sock'), resolve));
    await rename(join(fixture.folder, 'x.sock'), fixture.socketPath);
    await new Promise((resolve) => stale.close(resolve));
    expect((await stat(fixture.socketPath)).isSocket()).toBe(true);
    await fixture.serve({ deletePartition: async () => ({}) });
    expect(await fixture.connect().deletePartition({})).toEqual({});
  });

  it('is not taken from a server that answers, nor from something that is no socket', async () => {
    await fixture.serve({ deletePartition: async () => ({}) });
    await expect(fixture.serve({})).rejects.toThrow(/host.sock: another server answers there/);
    expect(await fixture.connect().deletePartition({})).toEqual({});
    fixture.socketPath = join(fixture.folder, 'file');
    await writeFile(fixture.socketPath, 'precious');
    await expect(fixture.serve({})).rejects.toThrow('no socket');
  });

  it('has a path of at most 107 bytes', async () => {
    fixture.socketPath = join(fixture.folder, 'ä'.repeat(60), 's');
    await expect(fixture.serve({})).rejects.toThrow(/a Unix socket takes 107/);
    expect(() => fixture.connect()).toThrow(/a Unix socket takes 107/);
  });

  it('is gone after the server is closed, and its successor’s is not', async () => {
    const first = await fixture.serve({});
    await first.close();
    await expect(stat(fixture.socketPath)).rejects.toThrow('ENOENT');
    const second = await fixture.serve({});
    await rm(fixture.socketPath);
    await fixture.serve({});
    await second.close();
    expect((await stat(fixture.socketPath)).isSocket()).toBe(true);
  });
});

describe('closing the server', () => {
  it('lets calls under way finish', async () => {
    const entered = latch();
    const finish = latch();
    const server = await fixture.serve({
      deletePartition: async () => {
        entered.open();
        await finish.opened;
        return {};
      },
    });
    const call = fixture.connect().deletePartition({});
    await entered.opened;
    const closed = server.close(60_000);
    finish.open();
    expect(await call).toEqual({});
    await closed;
  });

  it('cuts off those that do not finish in time', async () => {
    const entered = latch();
    const server = await fixture.serve({
      deletePartition: async (_request, { signal }) => {
        entered.open();
        await abortion(signal);
        throw new Error('cut off');
      },
    });
    const call = fixture.connect().deletePartition({});
    await entered.opened;
    await server.close(50);
    await expect(call).rejects.toThrow();
  });
});
