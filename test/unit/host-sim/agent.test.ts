import { namespaceUUID, partitionLabel } from '../../../src/api/identity';
import { memberDataOffsetBytes } from '../../../src/api/layout';
import { isHostError } from '../../../src/host/errors';
import { ArrayLevel, type HostEvent } from '../../../src/host/gen/host';
import { cellBytes, foreignFileSystem, type Cells } from '../../../src/host/sim';
import { flush, write } from './io';
import { MiB, Setting } from './setting';

const kindOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (isHostError(error) ? error.kind : String(error)),
  );

describe('the simulated agent', () => {
  it('makes partitions of one drive one after the other, however they are asked for', async () => {
    const s = new Setting();
    await Promise.all([0, 1, 2, 3, 4].map((slot) => s.createPartition(s.a, slot)));
    const { drives } = await s.a.agent.listDrives({});
    expect(drives[0]!.partitions.map(({ uuid }) => uuid).sort()).toEqual(
      [0, 1, 2, 3, 4].map((n) => s.partition(n)).sort(),
    );
    expect(new Set(drives[0]!.partitions.map(({ startBytes }) => startBytes)).size).toBe(5);
  });

  it('waits for a drive that hangs at most once, and never for the sake of another drive', async () => {
    const s = new Setting({ spec: { drives: [{ id: 'hung' }, { id: 'sound' }] } });
    await s.createPartition(s.a, 0);
    const onSound = { uuid: s.partition(1), driveId: 'sound', label: partitionLabel(s.volume.uid), sizeBytes: MiB };
    await s.a.agent.createPartition(onSound);
    s.a.drive('hung').hang();
    const begun = s.clock.now();
    await s.a.agent.getPartition({ uuid: s.partition(1) });
    await s.a.agent.deletePartition({ uuid: s.partition(1) });
    await s.a.agent.createPartition(onSound);
    expect(await kindOf(s.a.agent.getPartition({ uuid: s.partition(0) }))).toBe('Unreachable');
    expect(s.clock.now()).toBe(begun);
    s.a.drive('hung').unhang();
    expect(await s.a.agent.getPartition({ uuid: s.partition(0) })).toMatchObject({ driveId: 'hung' });
  });

  it('tells a boot of its node from a restart of its own, and a drive that was away from one that stayed', async () => {
    const s = new Setting({ spec: { drives: [{ id: 'drive' }] } });
    await s.createPartition(s.a, 0);
    const now = async () => {
      const { bootId } = await s.a.agent.getNodeFacts({});
      return [bootId, (await s.a.agent.getPartition({ uuid: s.partition(0) })).driveSession];
    };
    const [boot, session] = await now();
    s.a.crashAgent();
    s.a.startAgent();
    expect(await now()).toEqual([boot, session]);
    s.a.pullDrive('drive');
    s.a.returnDrive('drive');
    const [sameBoot, other] = await now();
    expect([sameBoot === boot, other === session]).toEqual([true, false]);
    s.a.powerCut();
    s.a.boot();
    expect((await now())[0]).not.toBe(boot);
  });

  it('lets nobody have a partition that is being wiped', async () => {
    const s = new Setting({ timings: { eraseMibPerSecond: 10 } });
    await s.createPartition(s.a, 0);
    const wiping = s.a.agent.wipePartition({ uuid: s.partition(0), offsetBytes: 0 });
    await s.clock.advance(1_000);
    expect(await kindOf(s.a.agent.deletePartition({ uuid: s.partition(0) }))).toBe('Busy');
    expect(await kindOf(s.export(s.a, 0, s.b))).toBe('Busy');
    expect(await kindOf(s.applyMember(s.a, 0))).toBe('Busy');
    expect(await s.done(wiping)).toMatchObject({ done: true });
    await s.applyMember(s.a, 0);
  });

  it('stops wiping in time, and goes on where it was', async () => {
    const s = new Setting({ timings: { eraseMibPerSecond: 10 } });
    await s.createPartition(s.a, 0);
    const uuid = s.partition(0);
    const first = await s.done(s.a.agent.wipePartition({ uuid, offsetBytes: 0 }, { deadlineMs: 4_000 }));
    expect(first.done).toBe(false);
    expect(first.offsetBytes).toBeGreaterThan(30 * MiB);
    const { offsetBytes } = first;
    expect(await s.done(s.a.agent.wipePartition({ uuid, offsetBytes }, { deadlineMs: 60_000 }))).toEqual({
      offsetBytes: 100 * MiB,
      done: true,
    });
  });

  it('counts as erased only what a loss of power does not bring back', async () => {
    const spec = { drives: [{ volatileWriteCache: true }] };
    const s = new Setting({ spec, timings: { eraseMibPerSecond: 10 } });
    await s.createPartition(s.a, 0);
    const uuid = s.partition(0);
    const device = () => s.a.kernel.drives.findPartition(uuid)!;
    for (let cell = 0; cell < 20; cell++) write(device(), cell, 'secret');
    flush(device());
    const wipe = (offsetBytes: number, deadlineMs: number) =>
      s.done(s.a.agent.wipePartition({ uuid, offsetBytes }, { deadlineMs }));
    const { offsetBytes, done } = await wipe(0, 4_000);
    expect(done).toBe(false);
    s.a.powerCut();
    s.a.boot();
    expect(await wipe(offsetBytes, 60_000)).toMatchObject({ done: true });
  });

  it('does not take the word of a drive for an erasure', async () => {
    const s = new Setting();
    await s.createPartition(s.a, 0);
    const partition = s.a.kernel.drives.findPartition(s.partition(0))!;
    partition.submit({ op: 'write', start: 99, count: 1, data: new Map([[0, 'secret']]), end: () => undefined });
    s.a.drives[0]!.liesAboutErasing = true;
    const wiping = s.a.agent.wipePartition({ uuid: s.partition(0), offsetBytes: 0 });
    expect(await s.done(kindOf(wiping))).toBe('Internal');
  });

  it('adds no member that holds a signature of somebody else', async () => {
    const s = new Setting();
    for (const slot of [0, 1]) {
      await s.createPartition(s.a, slot);
      await s.applyMember(s.a, slot);
    }
    const shape = { level: ArrayLevel.RAID1, raidDevices: 2, slots: [0, -1] };
    await s.done(s.a.agent.createArray({ volume: s.volume, arrayUuid: s.array, ...shape }));
    const partition = s.a.kernel.drives.findPartition(s.partition(1))!;
    const put = (cell: number, data: Cells) =>
      partition.submit({ op: 'write', start: cell, count: 1, data, end: () => undefined });
    put(0, foreignFileSystem());
    expect(await kindOf(s.add(1))).toBe('Foreign');
    // Where the volume's own content is, a signature may be a pod's.
    put(0, new Map());
    put(memberDataOffsetBytes / cellBytes, foreignFileSystem());
    expect(await kindOf(s.add(1))).toBe('done');
  });

  it('refuses an address that is not its own', async () => {
    const s = new Setting();
    await s.createPartition(s.a, 0);
    const request = {
      partitionUuid: s.partition(0),
      nqn: s.nqn(0),
      namespaceUuid: namespaceUUID(s.partition(0), 1),
      hostNqns: [],
      endpoint: { transport: 'TRANSPORT_TCP' as const, address: '192.0.2.1', port: 4420 },
    };
    expect(await kindOf(s.a.agent.applyExport(request))).toBe('Invalid');
    expect(
      await kindOf(
        s.a.agent.applyExport({ ...request, endpoint: { ...request.endpoint, transport: 'TRANSPORT_RDMA' } }),
      ),
    ).toBe('Invalid');
  });

  it('serves a drive that was pulled and returned anew', async () => {
    const s = new Setting();
    await s.mirror();
    s.b.pullDrive(s.b.drives[0]!.id);
    s.b.returnDrive(s.b.drives[0]!.id);
    await s.export(s.b, 1, s.a);
    await s.clock.advance(10_000);
    await s.a.agent.disconnect({ nqn: s.nqn(1) });
    await s.connect(s.a, s.b, 1);
    await s.applyMember(s.a, 1, { epoch: 1 });
    await s.open().write(5, 'again');
    expect(s.md.degraded).toBe(0);
  });

  describe('whose process ends', () => {
    it('answers nothing, and what the kernel was told to do goes on', async () => {
      const s = new Setting();
      await s.mirror({ sync: false });
      const waiting = kindOf(s.a.agent.suspendVolumeDevice({ volume: s.volume }));
      expect(await waiting).toBe('done');
      s.b.drives[0]!.hang();
      await s.a.agent.resumeVolumeDevice({ volume: s.volume });
      const write = s.open().write(0, 'x');
      const suspending = kindOf(s.a.agent.suspendVolumeDevice({ volume: s.volume }));
      s.a.crashAgent();
      expect(await suspending).toBe('Unreachable');
      expect(await kindOf(s.a.agent.getNodeFacts({}))).toBe('Unreachable');
      s.b.drives[0]!.unhang();
      await write;
      await s.clock.advance(10_000);
      expect(s.md.degraded).toBe(0);
    });

    it('knows as much after its start as before', async () => {
      const s = new Setting();
      await s.mirror();
      await s.clock.advance(20_000);
      const before = await s.a.agent.getStack({ volumeUid: s.volume.uid });
      s.a.crashAgent();
      s.a.startAgent();
      const after = await s.a.agent.getStack({ volumeUid: s.volume.uid });
      const withoutEvents = ({ members, ...rest }: typeof before) => ({
        ...rest,
        members: members.map(({ superblock, ...member }) => ({ ...member, member: superblock!.memberUuid })),
      });
      expect(withoutEvents(after)).toEqual(withoutEvents(before));
      expect(await s.a.agent.listStacks({})).toEqual({ volumes: [s.volume] });
    });

    it('ends its watches with an error', async () => {
      const s = new Setting();
      const seen: HostEvent[] = [];
      const watching = kindOf(
        (async () => {
          for await (const event of s.a.agent.watch(new AbortController().signal)) seen.push(event);
        })(),
      );
      await s.clock.settle();
      s.a.powerCut();
      expect(await watching).toBe('Unreachable');
      expect(seen).toMatchObject([{ kind: 'HOST_EVENT_KIND_STARTED' }]);
    });
  });

  it('tells a watcher that is slow each thing once', async () => {
    const s = new Setting();
    const stop = new AbortController();
    const events = s.a.agent.watch(stop.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ kind: 'HOST_EVENT_KIND_STARTED' });
    await s.mirror();
    const told: HostEvent[] = [];
    const rest = (async () => {
      for (let next = await events.next(); !next.done; next = await events.next()) told.push(next.value);
    })();
    await s.clock.settle();
    stop.abort();
    await rest;
    const distinct = new Set(told.map(({ kind, volumeUid, driveId }) => `${kind}${volumeUid}${driveId}`));
    expect(distinct.size).toBe(told.length);
    expect(told).toContainEqual(expect.objectContaining({ kind: 'HOST_EVENT_KIND_VOLUME', volumeUid: s.volume.uid }));
  });
});
