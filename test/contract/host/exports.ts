import { hostIdentity } from '../../../src/api/identity';
import type { Bench } from './suite';
import { expectHostError } from './volume';
import type { ContractNode } from './world';

export function describeExports(t: Bench): void {
  describe('an export', () => {
    it('serves a partition, and shows in it', async () => {
      await t.volume.createPartition(t.b, 1);
      const made = await t.volume.export(t.b, 1, [t.a]);
      expect(made).toMatchObject({
        nqn: t.volume.nqn(1),
        partitionUuid: t.volume.partition(1),
        namespaceUuid: t.volume.namespace(1),
        hostNqns: [hostIdentity(t.a.name).hostNQN],
        endpoint: { transport: 'TRANSPORT_TCP', address: t.b.address, port: 4420 },
        fenced: false,
      });
      expect((await t.b.agent.getPartition({ uuid: t.volume.partition(1) })).exports).toEqual([made]);
    });

    it('is made once: the same request again changes nothing', async () => {
      await t.volume.createPartition(t.b, 1);
      const made = await t.volume.export(t.b, 1, [t.a]);
      await t.volume.connect(t.a, t.b, 1);
      expect(await t.volume.export(t.b, 1, [t.a])).toEqual(made);
      const { imports } = await t.volume.stack(t.a);
      expect(imports).toMatchObject([{ state: 'IMPORT_STATE_LIVE' }]);
    });

    it('takes further hosts without a break for the first', async () => {
      await t.volume.createPartition(t.b, 1);
      await t.volume.export(t.b, 1, [t.a]);
      await t.volume.connect(t.a, t.b, 1);
      await expectHostError(t.volume.connect(t.c, t.b, 1), 'Unreachable');
      const both = await t.volume.export(t.b, 1, [t.a, t.c]);
      expect(both.hostNqns).toEqual([t.a, t.c].map(({ name }) => hostIdentity(name).hostNQN).sort());
      expect(await t.volume.connect(t.c, t.b, 1)).toMatchObject({ state: 'IMPORT_STATE_LIVE' });
      expect((await t.volume.stack(t.a)).imports).toMatchObject([{ state: 'IMPORT_STATE_LIVE' }]);
    });

    it('ends the connection of a host that it does not name any more', async () => {
      await t.volume.createPartition(t.b, 1);
      await t.volume.export(t.b, 1, [t.a, t.c]);
      await t.volume.connect(t.a, t.b, 1);
      await t.volume.connect(t.c, t.b, 1);
      const one = await t.volume.export(t.b, 1, [t.c]);
      expect(one.hostNqns).toEqual([hostIdentity(t.c.name).hostNQN]);
      const stateOn = async (node: ContractNode) => (await t.volume.stack(node)).imports[0]?.state ?? 'gone';
      await t.world.eventually(async () => expect(await stateOn(t.c)).toBe('IMPORT_STATE_LIVE'));
      await t.world.pass(10_000);
      expect(await stateOn(t.a)).not.toBe('IMPORT_STATE_LIVE');
    });

    it('of a partition that is a member here is refused', async () => {
      await t.volume.createPartition(t.a, 0);
      await t.a.agent.applyMember(t.volume.localMember(0));
      await expectHostError(t.volume.export(t.a, 0, [t.b]), 'Busy');
      expect((await t.a.agent.getPartition({ uuid: t.volume.partition(0) })).exports).toEqual([]);
      await t.a.agent.removeMember({ volume: t.volume.ref, slot: 0 });
      await t.volume.export(t.a, 0, [t.b]);
    });

    it('does not change what its NQN serves', async () => {
      await t.volume.createPartition(t.b, 1);
      const request = t.volume.exportRequest(t.b, 1, [t.a]);
      const made = await t.b.agent.applyExport(request);
      const other = { ...request, namespaceUuid: t.volume.namespace(1, 2) };
      await expectHostError(t.b.agent.applyExport(other), 'Invalid');
      expect((await t.b.agent.getPartition({ uuid: t.volume.partition(1) })).exports).toEqual([made]);
    });

    it('needs a partition of this node', async () => {
      await expectHostError(t.volume.export(t.b, 1, [t.a]), 'NotFound');
    });

    it('has a name of its own for each epoch', async () => {
      await t.volume.createPartition(t.b, 1);
      await t.volume.export(t.b, 1, [t.a], 1);
      await t.volume.connect(t.a, t.b, 1, 1);
      await t.b.agent.removeExport({ nqn: t.volume.nqn(1, 1) });
      await t.volume.export(t.b, 1, [t.a], 2);
      await expectHostError(t.volume.connect(t.c, t.b, 1, 2), 'Unreachable');
      expect(await t.volume.connect(t.a, t.b, 1, 2)).toMatchObject({ state: 'IMPORT_STATE_LIVE' });
      const { imports } = await t.volume.stack(t.a);
      const old = imports.find(({ nqn }) => nqn === t.volume.nqn(1, 1));
      expect(old?.state ?? 'gone').not.toBe('IMPORT_STATE_LIVE');
    });

    it('that is removed is gone, and removing it again succeeds', async () => {
      await t.volume.createPartition(t.b, 1);
      await t.volume.export(t.b, 1, [t.a]);
      await t.b.agent.removeExport({ nqn: t.volume.nqn(1) });
      await t.b.agent.removeExport({ nqn: t.volume.nqn(1) });
      expect((await t.b.agent.getPartition({ uuid: t.volume.partition(1) })).exports).toEqual([]);
      await expectHostError(t.volume.connect(t.a, t.b, 1), 'Unreachable');
    });

    it('that does not exist cannot be fenced', async () => {
      await expectHostError(t.b.agent.fenceExport({ nqn: t.volume.nqn(1) }), 'NotFound');
    });
  });
}
