import type { HostError } from '../../../src/host/errors';
import type { Bench } from './suite';
import { itIf } from './suite';
import { block, expectHostError } from './volume';

export function describePower(t: Bench): void {
  describe('a node whose power was cut', () => {
    itIf(t.can.power)('has no agent to talk to', async () => {
      await t.b.powerCut();
      // A connection that was there may only be found dead by its silence.
      const answer = t.b.agent.getNodeFacts({}, { deadlineMs: 5_000 }).catch(({ kind }: HostError) => kind);
      expect(['Unreachable', 'Timeout']).toContain(await answer);
      await t.b.boot();
      await t.world.eventually(() => t.b.agent.getNodeFacts({}));
    });

    itIf(t.can.power)('has another boot id, and its drives another session, than before', async () => {
      const partition = await t.volume.createPartition(t.b, 0);
      const { bootId } = await t.b.agent.getNodeFacts({});
      expect(bootId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(await t.b.agent.getNodeFacts({})).toMatchObject({ bootId });
      expect((await t.b.agent.getPartition(partition)).driveSession).toBe(partition.driveSession);
      await t.b.powerCut();
      await t.b.boot();
      const after = await t.world.eventually(() => t.b.agent.getNodeFacts({}));
      expect(after.bootId).not.toBe(bootId);
      expect((await t.b.agent.getPartition(partition)).driveSession).not.toBe(partition.driveSession);
    });

    itIf(t.can.power)('uses a partition only in the session of its drive that it is asked for', async () => {
      const { driveSession } = await t.volume.createPartition(t.b, 0);
      await t.b.powerCut();
      await t.b.boot();
      await t.world.eventually(() => t.b.agent.getNodeFacts({}));
      const asked = (session: string) => t.b.agent.applyMember({ ...t.volume.localMember(0), driveSession: session });
      await expectHostError(asked(driveSession), 'Unreachable');
      expect((await t.volume.stack(t.b)).members).toEqual([]);
      await asked((await t.b.agent.getPartition({ uuid: t.volume.partition(0) })).driveSession);
    });

    itIf(t.can.power)('serves a partition only in the session of its drive that it is asked for', async () => {
      const { driveSession } = await t.volume.createPartition(t.b, 1);
      await t.b.powerCut();
      await t.b.boot();
      await t.world.eventually(() => t.b.agent.getNodeFacts({}));
      const asked = (session: string) =>
        t.b.agent.applyExport({ ...t.volume.exportRequest(t.b, 1, [t.a]), driveSession: session });
      await expectHostError(asked(driveSession), 'Unreachable');
      const after = await t.b.agent.getPartition({ uuid: t.volume.partition(1) });
      expect(after.exports).toEqual([]);
      await asked(after.driveSession);
    });

    itIf(t.can.power)('boots with its partitions and superblocks, and nothing else', async () => {
      await t.volume.mirror(t.a, t.b);
      const device = await t.volume.open(t.a);
      await device.write(0, block('durable'));
      const memberUuid = await t.volume.memberUUID(t.a, 0);
      await t.a.powerCut();
      await t.a.boot();
      await t.world.eventually(() => t.a.agent.getNodeFacts({}));
      expect(await t.volume.stack(t.a)).toMatchObject({ imports: [], members: [], array: undefined, mountPaths: [] });
      const member = await t.a.agent.applyMember(t.volume.localMember(0));
      expect(member.superblock).toMatchObject({ arrayUuid: t.volume.array, memberUuid });
      const members = [{ slot: 0, memberUuid }];
      await t.a.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded: true });
      await t.a.agent.applyVolumeDevice(t.volume.arrayRequest);
      const again = await t.volume.open(t.a);
      expect(await again.read(0, 4096)).toEqual(block('durable'));
      await again.close();
    });

    itIf(t.can.power)('serves nothing until it is told to, and holds its importers until then', async () => {
      await t.volume.mirror(t.a, t.b);
      const device = await t.volume.open(t.a);
      await t.b.powerCut();
      const write = device.write(0, block('waits'));
      await t.world.pass(10_000);
      await t.b.boot();
      await t.world.eventually(() => t.b.agent.getNodeFacts({}));
      const { exports } = await t.b.agent.getPartition({ uuid: t.volume.partition(1) });
      expect(exports).toEqual([]);
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0 });
      await t.volume.export(t.b, 1, [t.a]);
      await t.world.eventually(async () => {
        await t.volume.connect(t.a, t.b, 1);
        await t.a.agent.applyMember(t.volume.remoteMember(1));
      });
      await t.world.eventually(() => write);
      expect(await t.b.readPartition(t.volume.partition(1), t.volume.dataOffset, 4096)).toEqual(block('waits'));
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 0 });
      await device.close();
    });

    itIf(t.can.power)('makes both halves agree again after writes that were under way', async () => {
      await t.volume.mirror(t.a, t.b);
      const device = await t.volume.open(t.a);
      for (const place of [0, 1, 2, 3]) await device.write(place * 4096, block(`write ${place}`));
      const members = [];
      for (const slot of [0, 1]) members.push({ slot, memberUuid: await t.volume.memberUUID(t.a, slot) });
      await t.a.powerCut();
      await t.a.boot();
      await t.world.eventually(() => t.a.agent.getNodeFacts({}));
      await t.volume.connect(t.a, t.b, 1);
      await t.a.agent.applyMember(t.volume.localMember(0));
      await t.a.agent.applyMember(t.volume.remoteMember(1));
      await t.a.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded: false });
      await t.a.agent.applyVolumeDevice(t.volume.arrayRequest);
      const again = await t.volume.open(t.a);
      await again.write(4 * 4096, block('after'));
      await t.volume.inSync(t.a);
      for (const place of [0, 1, 2, 3]) expect(await again.read(place * 4096, 4096)).toEqual(block(`write ${place}`));
      await again.close();
      const length = 16 * 4096;
      const half = await t.a.readPartition(t.volume.partition(0), t.volume.dataOffset, length);
      expect(await t.b.readPartition(t.volume.partition(1), t.volume.dataOffset, length)).toEqual(half);
    });
  });
}
