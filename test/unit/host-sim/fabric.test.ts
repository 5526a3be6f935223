import { hostIdentity, namespaceUUID } from '../../../src/api/identity';
import type { MdMember } from '../../../src/host/sim/kernel/md/member';
import type { NvmeController } from '../../../src/host/sim/kernel/nvme/controller';
import { flush, read, write } from './io';
import { Setting } from './setting';

/** Slot 1 on b, exported to a and connected there; another export keeps b's port open. */
async function imported(options: ConstructorParameters<typeof Setting>[0] = {}) {
  const s = new Setting(options);
  await s.createPartition(s.b, 1);
  await s.createPartition(s.b, 2);
  await s.export(s.b, 1, s.a);
  await s.export(s.b, 2, s.a);
  await s.connect(s.a, s.b, 1);
  const controller = (): NvmeController | undefined => s.a.kernel.imports.find(s.nqn(1));
  return { s, controller, device: controller()!.namespace!, subsystem: s.b.kernel.nvmet.find(s.nqn(1))! };
}

describe('the fabric', () => {
  it('carries requests to the drive of the other node and back', async () => {
    const { s, device } = await imported();
    expect(write(device, 7, 'over there').state).toBe('done');
    expect(read(device, 7).cell).toBe('over there');
    expect(read(s.b.kernel.drives.findPartition(s.partition(1))!, 7).cell).toBe('over there');
  });

  it('takes no exclusive claim: what is exported can be written to locally, under the importer', async () => {
    const { s, device } = await imported();
    write(s.b.kernel.drives.findPartition(s.partition(1))!, 7, 'from below');
    expect(read(device, 7).cell).toBe('from below');
    expect(s.b.kernel.drives.findPartition(s.partition(1))!.heldBy).toBeUndefined();
  });

  it('keeps the connection of a host that was taken off the list', async () => {
    const { s, device, subsystem, controller } = await imported();
    subsystem.hosts.delete(hostIdentity(s.a.name).hostNQN);
    expect(write(device, 7, 'still here').state).toBe('done');
    await s.clock.advance(60_000);
    expect(controller()!.state).toBe('live');
  });

  describe('when the link is cut', () => {
    it('tells nobody before the keep-alive, then waits for a while, then fails what waits', async () => {
      const { s, device, controller } = await imported();
      s.world.cutLink('a', 'b');
      const waiting = write(device, 7, 'lost?');
      await s.clock.advance(2_299);
      expect([controller()!.state, waiting.state]).toEqual(['live', 'waiting']);
      await s.clock.advance(1);
      expect([controller()!.state, waiting.state]).toEqual(['connecting', 'waiting']);
      await s.clock.advance(1_000);
      expect(waiting.state).toBe('path');
      expect(write(device, 8, 'x').state).toBe('path');
    });

    it('goes on as if nothing had been when it heals before the keep-alive', async () => {
      const { s, device, controller } = await imported();
      s.world.cutLink('a', 'b');
      const waiting = write(device, 7, 'late');
      await s.clock.advance(2_000);
      s.world.healLink('a', 'b');
      expect(waiting.state).toBe('done');
      await s.clock.advance(10_000);
      expect(controller()!.state).toBe('live');
    });

    it('reports a flush that was under way as done, although it never arrived', async () => {
      const { s, device } = await imported({ spec: { drives: [{ volatileWriteCache: true }] }, seed: 3 });
      for (let cell = 0; cell < 20; cell++) write(device, cell, 'acknowledged');
      s.world.cutLink('a', 'b');
      const flushing = flush(device);
      const writing = write(device, 30, 'later');
      await s.clock.advance(2_300);
      expect([flushing.state, writing.state]).toEqual(['done', 'waiting']);
      s.b.powerCut();
      s.b.boot();
      const partition = s.b.kernel.drives.findPartition(s.partition(1))!;
      const kept = Array.from({ length: 20 }, (_, cell) => read(partition, cell).cell === 'acknowledged');
      expect(kept).toContain(false);
    });

    it('connects again by itself once it heals, as the same device', async () => {
      const { s, device, controller } = await imported();
      s.world.cutLink('a', 'b');
      await s.clock.advance(60_000);
      s.world.healLink('a', 'b');
      await s.clock.advance(10_000);
      expect(controller()!.state).toBe('live');
      expect(controller()!.namespace).toBe(device);
      expect(write(device, 7, 'again').state).toBe('done');
    });

    it('a disconnect waits for an attempt to connect that is under way', async () => {
      const { s } = await imported();
      s.world.cutLink('a', 'b');
      await s.clock.advance(2_300 + 5_000 + 1_000);
      let gone = false;
      s.a.kernel.imports.disconnect(s.nqn(1), () => (gone = true));
      await s.clock.advance(1_999);
      expect(gone).toBe(false);
      await s.clock.advance(1);
      expect(gone).toBe(true);
      expect(s.a.kernel.imports.find(s.nqn(1))).toBeUndefined();
    });

    it('an answer that is on its way is lost, although the write was carried out', async () => {
      const { s, device } = await imported({ timings: { linkLatencyMs: 10 } });
      const writing = write(device, 7, 'done there');
      await s.clock.advance(15);
      s.world.cutLink('a', 'b');
      await s.clock.advance(10_000);
      expect(writing.state).toBe('path');
      expect(read(s.b.kernel.drives.findPartition(s.partition(1))!, 7).cell).toBe('done there');
    });
  });

  describe('when an export is fenced', () => {
    it('holds requests without end, and says so on the importer; lifting the fence lets them go', async () => {
      const { s, device, subsystem } = await imported();
      s.b.kernel.nvmet.setFence(subsystem, true);
      expect(device.fenced).toBe(true);
      const held = write(device, 7, 'held');
      await s.clock.advance(600_000);
      expect(held.state).toBe('waiting');
      s.b.kernel.nvmet.setFence(subsystem, false);
      expect(held.state).toBe('done');
    });

    it('holds also an importer that could not be told, as soon as it can be reached', async () => {
      const { s, device, subsystem } = await imported();
      s.world.cutLink('a', 'b');
      s.b.kernel.nvmet.setFence(subsystem, true);
      const held = write(device, 7, 'held');
      s.world.healLink('a', 'b');
      await s.clock.advance(60_000);
      expect([held.state, device.fenced]).toEqual(['waiting', true]);
      expect(read(s.b.kernel.drives.findPartition(s.partition(1))!, 7).cell).toBe('');
    });
  });

  describe('when an export is gone', () => {
    it('the importer loses its controller for good while the port is open', async () => {
      const { s, controller, device } = await imported();
      await s.b.agent.removeExport({ nqn: s.nqn(1) });
      const waiting = write(device, 7, 'x');
      await s.clock.advance(6_000);
      expect(controller()).toBeUndefined();
      expect(waiting.state).toBe('path');
      await s.export(s.b, 1, s.a);
      await s.clock.advance(60_000);
      expect(controller()).toBeUndefined();
    });

    it('the importer tries for ever while the port is closed', async () => {
      const { s, controller } = await imported();
      await s.b.agent.removeExport({ nqn: s.nqn(2) });
      await s.b.agent.removeExport({ nqn: s.nqn(1) });
      await s.clock.advance(3_600_000);
      expect(controller()!.state).toBe('connecting');
      await s.export(s.b, 1, s.a);
      await s.clock.advance(6_000);
      expect(controller()!.state).toBe('live');
    });

    it('what comes back is another device with another number', async () => {
      const { s, controller, device } = await imported();
      await s.a.agent.disconnect({ nqn: s.nqn(1) });
      await s.connect(s.a, s.b, 1);
      expect(controller()!.namespace!.number).not.toBe(device.number);
      expect(device.alive).toBe(false);
      expect(write(device, 7, 'x').state).toBe('path');
    });

    it('its removal waits for requests that the drive has not answered', async () => {
      const { s, device } = await imported();
      s.b.drives[0]!.hang();
      const writing = write(device, 7, 'slow');
      let removed = false;
      const removing = s.b.agent.removeExport({ nqn: s.nqn(1) }).then(() => (removed = true));
      await s.clock.advance(5_000);
      expect(removed).toBe(false);
      s.b.drives[0]!.unhang();
      await removing;
      await s.clock.advance(10_000);
      expect(writing.state).not.toBe('done');
    });
  });

  it('shows no device for a namespace that was fenced from the start', async () => {
    const { s } = await imported();
    s.b.kernel.nvmet.setFence(s.b.kernel.nvmet.find(s.nqn(2))!, true);
    const attempt = s.connect(s.a, s.b, 2).catch((error: unknown) => error);
    await s.clock.advance(20_000);
    expect(await attempt).toMatchObject({ kind: 'Timeout' });
    const [, second] = (await s.a.agent.getStack({ volumeUid: s.volume.uid })).imports.sort((x) =>
      x.nqn === s.nqn(1) ? -1 : 1,
    );
    expect(second).toMatchObject({ nqn: s.nqn(2), state: 'IMPORT_STATE_FENCED' });
  });

  it('forgets connections of a node that lost its power, and refuses until it serves again', async () => {
    const { s, device, controller } = await imported();
    s.b.powerCut();
    const waiting = write(device, 7, 'x');
    s.b.boot();
    expect(controller()!.state).toBe('connecting');
    await s.clock.advance(30_000);
    expect(waiting.state).toBe('path');
    await s.export(s.b, 1, s.a);
    await s.clock.advance(10_000);
    expect(controller()!.state).toBe('live');
  });
});

it('an importer notices a node that was restarted behind a cut link as soon as the link heals', async () => {
  const { s, controller } = await imported();
  s.world.cutLink('a', 'b');
  s.b.powerCut();
  s.b.boot();
  await s.clock.advance(1_000);
  expect(controller()!.state).toBe('live');
  s.world.healLink('a', 'b');
  expect(controller()!.state).toBe('connecting');
});

describe('md on a bare import', () => {
  it('drops the member at once when its namespace is disabled, and acknowledges alone', async () => {
    const { s, device } = await imported();
    await s.createPartition(s.a, 0);
    const local = s.a.kernel.drives.findPartition(s.partition(0))!;
    const spec = { uuid: namespaceUUID('x', 1), level: 'raid1', mirrors: 2, chunkCells: 16, dataOffset: 1024 } as const;
    const devices = [local, device].map((member) => ({ device: member, writeMostly: false }));
    s.a.kernel.md.create({ ...spec, devices }, () => undefined);
    const array = s.a.kernel.md.list()[0]!;
    await s.clock.advance(60_000);
    s.b.kernel.nvmet.disableNamespace(s.b.kernel.nvmet.find(s.nqn(1))!, () => undefined);
    expect(write(array, 0, 'alone').state).toBe('done');
    expect(array.members.map(({ state }: MdMember) => state)).toEqual(['inSync', 'faulty']);
  });
});
