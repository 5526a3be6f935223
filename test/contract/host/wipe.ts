import type { Bench } from './suite';
import { block, expectHostError, MiB, smallPartition } from './volume';

export function describeWipe(t: Bench): void {
  describe('wiping a partition', () => {
    const places = [0, 4096, 1 * MiB, 30 * MiB, smallPartition - 4096];

    it('leaves nothing of what it held', async () => {
      const { uuid } = await t.volume.createPartition(t.a, 0);
      for (const place of places) await t.a.writePartition(uuid, place, block('secret'));
      expect(await t.a.agent.wipePartition({ uuid, offsetBytes: 0 })).toEqual({
        offsetBytes: smallPartition,
        done: true,
      });
      for (const place of places) expect(await t.a.readPartition(uuid, place, 4096)).toEqual(Buffer.alloc(4096));
    });

    it('touches no other partition', async () => {
      const { uuid } = await t.volume.createPartition(t.a, 0);
      const neighbours = [await t.volume.createPartition(t.a, 1), await t.volume.createPartition(t.a, 2)];
      for (const neighbour of neighbours) {
        await t.a.writePartition(neighbour.uuid, 0, block('first'));
        await t.a.writePartition(neighbour.uuid, smallPartition - 4096, block('last'));
      }
      await t.a.agent.wipePartition({ uuid, offsetBytes: 0 });
      for (const neighbour of neighbours) {
        expect(await t.a.readPartition(neighbour.uuid, 0, 4096)).toEqual(block('first'));
        expect(await t.a.readPartition(neighbour.uuid, smallPartition - 4096, 4096)).toEqual(block('last'));
      }
    });

    it('goes on from where it stopped, and ends each call in time', async () => {
      const sizeBytes = 512 * MiB;
      const { uuid } = await t.volume.createPartition(t.a, 0, { sizeBytes });
      await t.a.writePartition(uuid, sizeBytes - 4096, block('secret'));
      let answer = { offsetBytes: 0, done: false };
      await t.world.eventually(async () => {
        const { offsetBytes } = answer;
        answer = await t.a.agent.wipePartition({ uuid, offsetBytes }, { deadlineMs: 2_000 });
        expect(answer.offsetBytes).toBeGreaterThanOrEqual(offsetBytes);
        expect(answer.done).toBe(true);
      });
      expect(answer.offsetBytes).toBe(sizeBytes);
      expect(await t.a.readPartition(uuid, sizeBytes - 4096, 4096)).toEqual(Buffer.alloc(4096));
    });

    it('is refused while the partition is exported or held, and nothing is erased', async () => {
      const { uuid } = await t.volume.createPartition(t.a, 0);
      await t.a.writePartition(uuid, MiB, block('kept'));
      await t.volume.export(t.a, 0, [t.b]);
      await expectHostError(t.a.agent.wipePartition({ uuid, offsetBytes: 0 }), 'Busy');
      await t.a.agent.removeExport({ nqn: t.volume.nqn(0) });
      await t.a.agent.applyMember(t.volume.localMember(0));
      await expectHostError(t.a.agent.wipePartition({ uuid, offsetBytes: 0 }), 'Busy');
      expect(await t.a.readPartition(uuid, MiB, 4096)).toEqual(block('kept'));
    });

    it('needs a partition, and an offset within it', async () => {
      await expectHostError(t.a.agent.wipePartition({ uuid: t.volume.partition(0), offsetBytes: 0 }), 'NotFound');
      const { uuid } = await t.volume.createPartition(t.a, 0);
      await expectHostError(t.a.agent.wipePartition({ uuid, offsetBytes: smallPartition + 4096 }), 'Invalid');
      await expectHostError(t.a.agent.wipePartition({ uuid, offsetBytes: -4096 }), 'Invalid');
    });
  });
}
