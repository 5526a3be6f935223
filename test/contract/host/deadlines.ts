import type { Bench } from './suite';
import { itIf } from './suite';
import { block, expectHostError, stillWaiting } from './volume';

export function describeDeadlines(t: Bench): void {
  describe('a verb that cannot end', () => {
    it('ends by its deadline, and holds up nobody else: stopping an array whose member waits', async () => {
      await t.volume.mirror(t.a, t.b);
      const device = await t.volume.open(t.a);
      await device.write(0, block('last'));
      await device.close();
      await t.world.eventually(() => t.a.agent.removeVolumeDevice({ volume: t.volume.ref }));
      await t.b.agent.fenceExport({ nqn: t.volume.nqn(1) });
      await expectHostError(t.a.agent.stopArray(t.volume.arrayRequest, { deadlineMs: 3_000 }), 'Timeout');
      await t.a.agent.getStack({ volumeUid: t.volume.uid }, { deadlineMs: 3_000 });
      const other = t.anotherVolume();
      await other.single(t.a);
      expect(await other.runningArray(t.a)).toMatchObject({ degraded: 1 });
      await t.volume.export(t.b, 1, [t.a]);
      await t.world.eventually(() => t.a.agent.stopArray(t.volume.arrayRequest));
      expect((await t.volume.stack(t.a)).array).toBeUndefined();
    });

    it('ends when the caller gives up', async () => {
      await t.volume.createPartition(t.b, 1);
      await t.volume.export(t.b, 1, [t.a]);
      await t.world.cutLink(t.a, t.b);
      const giveUp = new AbortController();
      const attempt = t.a.agent.connect(t.volume.connectRequest(t.a, t.b, 1), { signal: giveUp.signal });
      giveUp.abort();
      await expect(attempt).rejects.toBeDefined();
    });
  });

  describe('a drive that hangs', () => {
    itIf(t.can.hang)('holds up its own verbs only, and those not beyond their deadline', async () => {
      const hung = t.a.drives[0]!;
      const sound = t.a.drives[1]!;
      await t.volume.createPartition(t.a, 0, { drive: 0 });
      await t.volume.createPartition(t.a, 1, { drive: 1 });
      const letGo = await t.a.hangDrive(hung.id);
      const deadline = { deadlineMs: 4_000 };

      const { drives } = await t.a.agent.listDrives({}, deadline);
      expect(drives.find(({ id }) => id === hung.id)).toMatchObject({ use: 'DRIVE_USE_UNREADABLE', free: [] });
      expect(drives.find(({ id }) => id === sound.id)).toMatchObject({ use: 'DRIVE_USE_MESHSTOR' });

      expect(await t.a.agent.getPartition({ uuid: t.volume.partition(1) }, deadline)).toMatchObject({
        driveId: sound.id,
      });
      await expectHostError(t.a.agent.getPartition({ uuid: t.volume.partition(0) }, deadline), 'Unreachable');
      await expectHostError(t.a.agent.getPartition({ uuid: t.volume.partition(9) }, deadline), 'Unreachable');
      await expectHostError(t.a.agent.deletePartition({ uuid: t.volume.partition(0) }, deadline), 'Unreachable');
      await t.a.agent.createPartition(t.volume.partitionRequest(t.a, 2, { drive: 1 }), deadline);
      await t.a.agent.wipePartition({ uuid: t.volume.partition(2), offsetBytes: 0 }, deadline);
      await t.a.agent.deletePartition({ uuid: t.volume.partition(2) }, deadline);

      await letGo();
      await t.world.eventually(async () => {
        expect(await t.a.agent.getPartition({ uuid: t.volume.partition(0) })).toMatchObject({ driveId: hung.id });
      });
    });

    itIf(t.can.hang)('does not keep another volume from working', async () => {
      const other = t.anotherVolume();
      await t.volume.single(t.a);
      await other.createPartition(t.a, 0, { drive: 1 });
      const letGo = await t.a.hangDrive(t.a.drives[0]!.id);
      const device = await t.volume.open(t.a);
      const write = device.write(0, block('hung'));
      await t.a.agent.applyMember(other.localMember(0));
      await t.a.agent.createArray(other.createRequest());
      await t.a.agent.applyVolumeDevice(other.arrayRequest);
      const works = await other.open(t.a);
      await works.write(0, block('works'));
      await works.close();
      await stillWaiting(t.world, write, 1_000);
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 1 });
      await letGo();
      await t.world.eventually(() => write);
      await device.close();
    });
  });

  describe('a drive that is pulled', () => {
    itIf(t.can.pull)('leaves its member waiting, and is loaded again when it returns', async () => {
      await t.volume.single(t.a);
      const device = await t.volume.open(t.a);
      const putBack = await t.a.pullDrive(t.a.drives[0]!.id);
      const write = device.write(0, block('waits'));
      await stillWaiting(t.world, write, 5_000);
      const { members } = await t.volume.stack(t.a);
      expect(members[0]!.path).toBeUndefined();
      await putBack();
      await t.world.eventually(() => t.a.agent.applyMember(t.volume.localMember(0)));
      await t.world.eventually(() => write);
      expect(await device.read(0, 4096)).toEqual(block('waits'));
      await device.close();
    });
  });
}
