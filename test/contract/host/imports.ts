import type { Bench } from './suite';
import { block, expectHostError, stillWaiting } from './volume';

export function describeImports(t: Bench): void {
  describe('an import', () => {
    beforeEach(async () => {
      await t.volume.createPartition(t.b, 1);
      await t.volume.export(t.b, 1, [t.a]);
    });

    it('is live once it was connected, and belongs to its volume', async () => {
      const made = await t.volume.connect(t.a, t.b, 1);
      expect(made).toEqual({
        nqn: t.volume.nqn(1),
        namespaceUuid: t.volume.namespace(1),
        state: 'IMPORT_STATE_LIVE',
      });
      expect((await t.volume.stack(t.a)).imports).toEqual([made]);
      expect((await t.a.agent.listStacks({})).volumes.map(({ uid }) => uid)).toContain(t.volume.uid);
    });

    it('is connected once: the same request again succeeds', async () => {
      const made = await t.volume.connect(t.a, t.b, 1);
      expect(await t.volume.connect(t.a, t.b, 1)).toEqual(made);
      expect((await t.volume.stack(t.a)).imports).toHaveLength(1);
    });

    it('of an NQN nobody serves, or not to this host, is unreachable', async () => {
      await expectHostError(t.volume.connect(t.a, t.b, 1, 7), 'Unreachable');
      await expectHostError(t.volume.connect(t.c, t.b, 1), 'Unreachable');
      expect((await t.volume.stack(t.c)).imports).toEqual([]);
    });

    it('from a node that serves nothing is unreachable', async () => {
      await expectHostError(t.volume.connect(t.a, t.c, 1), 'Unreachable');
    });

    it('over a link that is cut fails by its deadline', async () => {
      await t.world.cutLink(t.a, t.b);
      const request = t.volume.connectRequest(t.a, t.b, 1);
      const attempt = t.a.agent.connect(request, { deadlineMs: 10_000 });
      await expect(attempt).rejects.toMatchObject({ kind: expect.stringMatching(/^(Unreachable|Timeout)$/) as string });
      await t.world.healLink(t.a, t.b);
      await t.world.eventually(async () => {
        expect(await t.volume.connect(t.a, t.b, 1)).toMatchObject({ state: 'IMPORT_STATE_LIVE' });
      });
    });

    it('whose namespace is not the expected one does not pass for it', async () => {
      const request = { ...t.volume.connectRequest(t.a, t.b, 1), namespaceUuid: t.volume.namespace(1, 9) };
      await expectHostError(t.a.agent.connect(request, { deadlineMs: 3_000 }), 'Timeout');
      expect((await t.volume.stack(t.a)).imports).toMatchObject([{ state: 'IMPORT_STATE_EMPTY' }]);
    });

    it('that is disconnected is gone, and disconnecting it again succeeds', async () => {
      await t.volume.connect(t.a, t.b, 1);
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      expect(await t.volume.stack(t.a)).toMatchObject({ imports: [], members: [] });
    });

    it('tells when its controller lost the connection, and is live again when the link heals', async () => {
      await t.volume.connect(t.a, t.b, 1);
      await t.world.cutLink(t.a, t.b);
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).imports).toMatchObject([{ state: 'IMPORT_STATE_CONNECTING' }]);
      });
      await t.world.healLink(t.a, t.b);
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).imports).toMatchObject([{ state: 'IMPORT_STATE_LIVE' }]);
      });
    });

    it('waits, when it is asked for, until the kernel has it again', async () => {
      await t.volume.connect(t.a, t.b, 1);
      await t.world.cutLink(t.a, t.b);
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).imports).toMatchObject([{ state: 'IMPORT_STATE_CONNECTING' }]);
      });
      await t.world.healLink(t.a, t.b);
      const made = await t.a.agent.connect(t.volume.connectRequest(t.a, t.b, 1), { deadlineMs: 60_000 });
      expect(made.state).toBe('IMPORT_STATE_LIVE');
    });

    it('can be disconnected under a member map, which then waits', async () => {
      await t.volume.connect(t.a, t.b, 1);
      await t.a.agent.applyMember(t.volume.remoteMember(1));
      await t.a.agent.createArray(t.volume.createRequest([1, -1]));
      await t.a.agent.applyVolumeDevice(t.volume.arrayRequest);
      const device = await t.volume.open(t.a);
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      const write = device.write(0, block('waits'));
      await stillWaiting(t.world, write);
      const { members, array } = await t.volume.stack(t.a);
      expect(members).toMatchObject([{ slot: 1, queueing: true }]);
      expect(members[0]!.path).toBeUndefined();
      expect(array).toMatchObject({ degraded: 1 });
      await t.volume.connect(t.a, t.b, 1);
      await t.a.agent.applyMember(t.volume.remoteMember(1));
      await write;
      expect(await t.b.readPartition(t.volume.partition(1), t.volume.dataOffset, 4096)).toEqual(block('waits'));
      await device.close();
    });
  });
}
