import { randomUUID } from 'node:crypto';
import type { Bench } from './suite';
import { block, expectHostError } from './volume';

export function describeAssembly(t: Bench): void {
  /** Member UUIDs of slots 0 and 1 of a mirror in sync, which was written to and taken down except for its maps. */
  const stoppedMirror = async () => {
    await t.volume.mirror(t.a, t.b);
    const device = await t.volume.open(t.a);
    await device.write(0, block('kept'));
    await device.close();
    const members = [];
    for (const slot of [0, 1]) members.push({ slot, memberUuid: await t.volume.memberUUID(t.a, slot) });
    await t.a.agent.removeVolumeDevice({ volume: t.volume.ref });
    await t.a.agent.stopArray(t.volume.arrayRequest);
    return members;
  };
  const assemble = (members: { slot: number; memberUuid: string }[], allowDegraded = false) =>
    t.a.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded });
  const contents = async (node = t.a) => {
    await node.agent.applyVolumeDevice(t.volume.arrayRequest);
    const device = await t.volume.open(node);
    const bytes = await device.read(0, 4096);
    await device.close();
    return bytes;
  };
  const notRunning = async () => expect((await t.volume.stack(t.a)).array).toBeUndefined();

  describe('stopping an array', () => {
    it('ends it, and succeeds again when it does not run', async () => {
      await stoppedMirror();
      await notRunning();
      await t.a.agent.stopArray(t.volume.arrayRequest);
    });

    it('is refused while the volume device is over it', async () => {
      await t.volume.single(t.a);
      await expectHostError(t.a.agent.stopArray(t.volume.arrayRequest), 'Busy');
      expect(await t.volume.runningArray(t.a)).toMatchObject({ degraded: 1 });
    });

    it('leaves all members as a loss of power would when one of them has no path', async () => {
      await t.volume.mirror(t.a, t.b);
      const device = await t.volume.open(t.a);
      const members = [];
      for (const slot of [0, 1]) members.push({ slot, memberUuid: await t.volume.memberUUID(t.a, slot) });
      await device.write(0, block('on both'));
      await device.close();
      await t.world.eventually(() => t.a.agent.removeVolumeDevice({ volume: t.volume.ref }));
      await t.world.cutLink(t.a, t.b);
      // md clears its bitmap by and by; that is what meets the lost path.
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).members[1]!.path).toBeUndefined();
      });
      await t.a.agent.stopArray(t.volume.arrayRequest);
      await notRunning();
      for (const slot of [0, 1]) await t.a.agent.removeMember({ volume: t.volume.ref, slot });
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      await t.world.healLink(t.a, t.b);
      await t.world.eventually(() => t.volume.connect(t.a, t.b, 1));
      await t.a.agent.applyMember(t.volume.localMember(0));
      await t.a.agent.applyMember(t.volume.remoteMember(1));
      expect(await assemble(members)).toMatchObject({ degraded: 0 });
      expect(await contents()).toEqual(block('on both'));
    });

    it('ends a synchronisation that is under way', async () => {
      await t.volume.single(t.a);
      await t.volume.createPartition(t.a, 1);
      await t.a.agent.applyMember(t.volume.localMember(1));
      await t.a.agent.setSyncLimits({ ...t.volume.arrayRequest, minKibPerSecond: 100, maxKibPerSecond: 1_000 });
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      await t.a.agent.removeVolumeDevice({ volume: t.volume.ref });
      const whole = await t.volume.memberUUID(t.a, 0);
      const half = await t.volume.memberUUID(t.a, 1);
      await t.a.agent.stopArray(t.volume.arrayRequest);
      await notRunning();
      await expectHostError(
        assemble(
          [
            { slot: 0, memberUuid: whole },
            { slot: 1, memberUuid: half },
          ],
          true,
        ),
        'Invalid',
      );
      expect(await assemble([{ slot: 0, memberUuid: whole }], true)).toMatchObject({ degraded: 1 });
    });
  });

  describe('assembling an array', () => {
    it('brings back what was stopped, data and all', async () => {
      const members = await stoppedMirror();
      const array = await assemble(members);
      expect(array).toMatchObject({ uuid: t.volume.array, degraded: 0 });
      expect(array.members).toMatchObject([
        { slot: 0, state: 'ARRAY_MEMBER_STATE_IN_SYNC' },
        { slot: 1, state: 'ARRAY_MEMBER_STATE_IN_SYNC' },
      ]);
      expect(await contents()).toEqual(block('kept'));
    });

    it('happens once: the same request again gives the running array', async () => {
      const members = await stoppedMirror();
      await assemble(members);
      expect(await assemble(members)).toMatchObject({ degraded: 0 });
    });

    it('of one copy needs no permission to be degraded: it never was anything else', async () => {
      await t.volume.single(t.a);
      const memberUuid = await t.volume.memberUUID(t.a, 0);
      await t.a.agent.removeVolumeDevice({ volume: t.volume.ref });
      await t.a.agent.stopArray(t.volume.arrayRequest);
      expect(await assemble([{ slot: 0, memberUuid }])).toMatchObject({ degraded: 1 });
    });

    it('without a member that its superblocks count needs permission', async () => {
      const [first] = await stoppedMirror();
      await expectHostError(assemble([first!]), 'Invalid');
      await notRunning();
      expect(await assemble([first!], true)).toMatchObject({ degraded: 1 });
      expect(await contents()).toEqual(block('kept'));
    });

    it('works on another node, around the members that it can reach', async () => {
      const members = await stoppedMirror();
      for (const slot of [0, 1]) await t.a.agent.removeMember({ volume: t.volume.ref, slot });
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      await t.b.agent.removeExport({ nqn: t.volume.nqn(1) });
      t.volume.epoch = 2;
      await t.volume.export(t.a, 0, [t.c]);
      await t.volume.export(t.b, 1, [t.c]);
      await t.volume.connect(t.c, t.a, 0);
      await t.volume.connect(t.c, t.b, 1);
      for (const slot of [0, 1]) await t.c.agent.applyMember(t.volume.remoteMember(slot));
      const array = await t.c.agent.assembleArray({ ...t.volume.arrayRequest, members, allowDegraded: false });
      expect(array).toMatchObject({ degraded: 0 });
      expect(await contents(t.c)).toEqual(block('kept'));
    });

    it('is refused when a member is not who it should be', async () => {
      const [first, second] = await stoppedMirror();
      await expectHostError(assemble([first!, { slot: 1, memberUuid: randomUUID() }], true), 'Invalid');
      await expectHostError(
        assemble(
          [
            { ...first!, slot: 1 },
            { ...second!, slot: 0 },
          ],
          true,
        ),
        'Invalid',
      );
      const elsewhere = { ...t.volume.arrayRequest, arrayUuid: randomUUID(), members: [first!], allowDegraded: true };
      await expectHostError(t.a.agent.assembleArray(elsewhere), 'Invalid');
      await notRunning();
    });

    it('is refused when a member carries no superblock', async () => {
      const [first] = await stoppedMirror();
      await t.volume.createPartition(t.a, 2);
      await t.a.agent.applyMember(t.volume.localMember(2));
      await expectHostError(assemble([first!, { slot: 2, memberUuid: randomUUID() }], true), 'Invalid');
      await notRunning();
    });

    it('is refused when a member missed what the others were told', async () => {
      const [first, second] = await stoppedMirror();
      await assemble([first!], true);
      await t.a.agent.applyVolumeDevice(t.volume.arrayRequest);
      const device = await t.volume.open(t.a);
      await device.write(0, block('later'));
      await device.close();
      await t.a.agent.removeVolumeDevice({ volume: t.volume.ref });
      await t.a.agent.stopArray(t.volume.arrayRequest);
      await expectHostError(assemble([first!, second!]), 'Invalid');
      await expectHostError(assemble([second!, first!], true), 'Invalid');
      await notRunning();
      await assemble([first!]);
      expect(await contents()).toEqual(block('later'));
    });

    it('needs a member map in every slot it expects', async () => {
      const [first] = await stoppedMirror();
      await expectHostError(assemble([first!, { slot: 7, memberUuid: randomUUID() }], true), 'NotFound');
      await expectHostError(assemble([], true), 'Invalid');
      await notRunning();
    });

    it('needs a path to every member it expects', async () => {
      const members = await stoppedMirror();
      await t.a.agent.disconnect({ nqn: t.volume.nqn(1) });
      await expectHostError(assemble(members, true), 'Unreachable');
      await notRunning();
    });
  });
}
