import type { Bio } from '../../../src/host/sim/hardware/bio';
import type { KernelDevice } from '../../../src/host/sim/kernel/device';
import { superblockCell } from '../../../src/host/sim/kernel/md/superblock';
import { flush, read, write } from './io';
import { chunk, Disks } from './md-setting';

/** Holds writes of the device's superblock until the function returned is called. */
function holdSuperblocks(device: KernelDevice): () => void {
  const held: Bio[] = [];
  const submit = device.submit.bind(device);
  device.submit = (bio) => {
    if (bio.op === 'write' && bio.start === superblockCell) held.push(bio);
    else submit(bio);
  };
  return () => {
    device.submit = submit;
    held.forEach(submit);
  };
}

describe('md', () => {
  describe('writes', () => {
    it('to all members, and says before that it is not clean and where', async () => {
      const disks = new Disks(2);
      await disks.settled([0, 1]);
      expect(disks.superblock(0)).toMatchObject({ clean: true });
      expect(disks.superblock(0)!.bitmap.dirty.size).toBe(0);
      expect(disks.write(5, 'x')).toBe('done');
      for (const disk of [0, 1]) {
        expect(disks.on(disk, 5)).toBe('x');
        expect(disks.superblock(disk)).toMatchObject({ clean: false, role: disk });
        expect([...disks.superblock(disk)!.bitmap.dirty]).toEqual([0]);
      }
    });

    it('waits for every member, however long that takes', async () => {
      const disks = new Disks(2);
      const array = await disks.settled([0, 1]);
      disks.node.drives[1]!.hang();
      const writing = write(array, 5, 'x');
      await disks.clock.advance(600_000);
      expect(writing.state).toBe('waiting');
      expect(disks.states).toEqual(['inSync', 'inSync']);
      disks.node.drives[1]!.unhang();
      expect(writing.state).toBe('done');
    });

    it('marks itself clean a moment after the last write, and clears its bitmap by and by', async () => {
      const disks = new Disks(2);
      await disks.settled([0, 1]);
      disks.write(3 * chunk, 'x');
      await disks.clock.advance(204);
      expect(disks.superblock(0)).toMatchObject({ clean: true });
      expect(disks.superblock(0)!.bitmap.dirty.size).toBe(1);
      await disks.clock.advance(15_000);
      expect(disks.superblock(0)!.bitmap.dirty.size).toBe(0);
    });

    it('goes on without a member at its first error', async () => {
      const disks = new Disks(2);
      await disks.settled([0, 1]);
      const { events } = disks.superblock(0)!;
      disks.node.drives[1]!.breakCells(0, 200_000, { writes: true });
      expect(disks.write(5, 'x')).toBe('done');
      expect(disks.states).toEqual(['inSync', 'faulty']);
      const { roles, events: after } = disks.superblock(0)!;
      expect(roles[1]).toBeUndefined();
      expect(after).toBeGreaterThan(events);
    });

    it('acknowledges what a member missed only when the other one says so', async () => {
      const disks = new Disks(2);
      const array = await disks.settled([0, 1]);
      disks.write(4, 'makes it dirty');
      const letGo = holdSuperblocks(disks.disk(0));
      disks.node.drives[1]!.breakCells(0, 200_000, { writes: true });
      const writing = write(array, 5, 'x');
      expect([disks.on(0, 5), disks.states[1], writing.state]).toEqual(['x', 'faulty', 'waiting']);
      letGo();
      expect(writing.state).toBe('done');
      expect(disks.superblock(0)!.roles[1]).toBeUndefined();
    });

    it('counts a write as missed by a member that was given up before it answered', async () => {
      const disks = new Disks(2);
      const array = await disks.settled([0, 1]);
      disks.write(4, 'makes it dirty');
      disks.node.drives[1]!.hang();
      const writing = write(array, 5, 'x');
      array.fail(array.members[1]!);
      disks.node.drives[1]!.unhang();
      expect(writing.state).toBe('done');
      await disks.clock.advance(3_600_000);
      expect([...disks.superblock(0)!.bitmap.dirty]).toEqual([0]);
    });

    it('does not let go of a member that was given up before its last request has come back', async () => {
      const disks = new Disks(2);
      const array = await disks.settled([0, 1]);
      const [, member] = array.members;
      const remove = () => disks.node.kernel.md.remove(array, member!);
      disks.node.drives[1]!.hang();
      const writing = write(array, 5, 'x');
      array.fail(member!);
      expect(remove).toThrow('in use');
      disks.node.drives[1]!.unhang();
      expect(writing.state).toBe('done');
      remove();
      expect(array.members).toHaveLength(1);
    });

    it('keeps the last member: then writes fail and reads go on', async () => {
      const disks = new Disks(2);
      const array = await disks.settled([0, 1]);
      disks.write(5, 'before');
      disks.drop(1);
      disks.node.drives[0]!.breakCells(256 + 1_024 + 6, 1, { writes: true });
      expect(disks.write(6, 'x')).toBe('path');
      expect(disks.states).toEqual(['inSync']);
      expect(array.broken).toBe(true);
      expect(disks.write(7, 'x')).toBe('path');
      expect(disks.read(5)).toBe('before');
    });

    it('keeps chunks dirty that a member missed, for as long as it is missing', async () => {
      const disks = new Disks(2);
      await disks.settled([0, 1]);
      disks.drop(1);
      disks.write(2 * chunk, 'x');
      await disks.clock.advance(3_600_000);
      expect([...disks.superblock(0)!.bitmap.dirty]).toEqual([2]);
    });

    it('of an owner whose time is over are acknowledged although only its own half has them', async () => {
      const disks = new Disks(2);
      const array = await disks.settled([0, 1]);
      disks.write(4, 'makes it dirty');
      disks.node.drives[1]!.hang();
      const writing = write(array, 5, 'only here');
      disks.node.drives[0]!.pull(() => 0.9);
      disks.node.drives[1]!.pull(() => 0.9);
      expect(writing.state).toBe('done');
      expect(array.broken).toBe(true);
      disks.node.drives.forEach((drive) => drive.insert());
      expect([disks.on(0, 5), disks.on(1, 5)]).toEqual(['only here', '']);
      for (const disk of [0, 1]) expect(disks.superblock(disk)!.roles).not.toContain(undefined);
    });
  });

  describe('flushes', () => {
    it('reach all members, and fail only when none could', async () => {
      const disks = new Disks(2);
      const array = await disks.settled([0, 1]);
      disks.node.drives[0]!.pull(() => 0);
      expect(flush(array).state).toBe('done');
      disks.node.drives[1]!.pull(() => 0);
      expect(flush(array).state).toBe('path');
    });
  });

  describe('reads', () => {
    it('what one member cannot from another one, and writes it back', async () => {
      const disks = new Disks(2);
      await disks.settled([0, 1], { writeMostly: [1] });
      disks.write(5, 'x');
      disks.node.drives[0]!.breakCells(256 + 1_024 + 5, 1);
      expect(disks.read(5)).toBe('x');
      expect(disks.on(0, 5)).toBe('x');
      expect(disks.states).toEqual(['inSync', 'inSync']);
    });

    it('drop a member that takes no correction', async () => {
      const disks = new Disks(2);
      await disks.settled([0, 1], { writeMostly: [1] });
      disks.write(5, 'x');
      disks.node.drives[0]!.breakCells(256 + 1_024 + 5, 1, { writes: true });
      expect(disks.read(5)).toBe('x');
      expect(disks.states).toEqual(['faulty', 'inSync']);
    });

    it('fail when no member can', async () => {
      const disks = new Disks(2);
      const array = await disks.settled([0, 1]);
      for (const disk of [0, 1]) disks.node.drives[disk]!.breakCells(256 + 1_024 + 5, 1);
      expect(read(array, 5).state).toBe('medium');
    });

    it('prefer members that are not write-mostly, and otherwise take any', async () => {
      const balanced = new Disks(2);
      await balanced.settled([0, 1]);
      const preferring = new Disks(2);
      await preferring.settled([0, 1], { writeMostly: [1] });
      const seen = (disks: Disks) => {
        write(disks.disk(0), 1_024 + 5, 'zero');
        write(disks.disk(1), 1_024 + 5, 'one');
        return new Set(Array.from({ length: 50 }, () => disks.read(5)));
      };
      expect(seen(balanced)).toEqual(new Set(['zero', 'one']));
      expect(seen(preferring)).toEqual(new Set(['zero']));
    });
  });

  describe('a RAID10', () => {
    it('survives the loss of one member of each pair, and not of both of one', async () => {
      const disks = new Disks(4);
      const array = await disks.settled([0, 1, 2, 3], { level: 'raid10', mirrors: 2 });
      for (let cell = 0; cell < 64; cell += 16) disks.write(cell, `chunk ${cell / 16}`);
      disks.drop(0);
      disks.drop(3);
      for (let cell = 0; cell < 64; cell += 16) expect(disks.read(cell)).toBe(`chunk ${cell / 16}`);
      expect(disks.write(0, 'x')).toBe('done');
      disks.node.drives[1]!.pull(() => 0);
      expect(disks.write(0, 'y')).toBe('path');
      expect(array.broken).toBe(true);
    });

    it('splits what crosses chunks over its pairs, and puts it together again', async () => {
      const disks = new Disks(4);
      const array = await disks.settled([0, 1, 2, 3], { level: 'raid10', mirrors: 2 });
      const data = new Map(Array.from({ length: 40 }, (_, cell) => [cell, `cell ${cell}`]));
      array.submit({ op: 'write', start: 10, count: 40, data, end: () => undefined });
      expect(disks.on(0, 10)).toBe('cell 0');
      expect(disks.on(2, 0)).toBe('cell 6');
      expect(disks.on(1, 16)).toBe('cell 22');
      for (let cell = 0; cell < 40; cell++) expect(disks.read(10 + cell)).toBe(`cell ${cell}`);
    });
  });
});
