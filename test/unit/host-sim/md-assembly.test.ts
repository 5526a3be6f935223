import { chunk, Disks } from './md-setting';

/** A mirror in sync that was written to and stopped. */
async function stopped(): Promise<Disks> {
  const disks = new Disks(2);
  await disks.settled([0, 1]);
  disks.write(5, 'both');
  await disks.clock.advance(20_000);
  disks.stop();
  return disks;
}

/** Each half was started alone and written to, without the other. */
async function split(): Promise<Disks> {
  const disks = await stopped();
  for (const disk of [0, 1]) {
    disks.assemble([disk], { run: true });
    disks.write(5, `half ${disk}`);
    disks.write((disk + 2) * chunk, `only on ${disk}`);
    await disks.clock.advance(20_000);
    disks.stop();
  }
  return disks;
}

describe('mdadm --assemble', () => {
  it('starts what agrees', async () => {
    const disks = await stopped();
    expect(disks.assemble([1, 0])).toBeUndefined();
    expect(disks.states).toEqual(['inSync', 'inSync']);
    expect(disks.read(5)).toBe('both');
  });

  it('refuses one of two that count each other, unless it is told to run', async () => {
    const disks = await stopped();
    expect(disks.assemble([0])).toMatchObject({ code: 'EINVAL' });
    expect(disks.node.kernel.md.list()).toEqual([]);
    expect(disks.assemble([0], { run: true })).toBeUndefined();
  });

  it('starts with the fresh half alone when the other one is stale, and says nothing', async () => {
    const disks = await stopped();
    disks.assemble([0], { run: true });
    disks.write(5, 'later');
    disks.stop();
    expect(disks.assemble([1, 0])).toBeUndefined();
    expect(disks.array.members.map(({ device }) => device)).toEqual([disks.disk(0)]);
    expect(disks.read(5)).toBe('later');
  });

  it('runs a stale half when told to, and serves old data', async () => {
    const disks = await stopped();
    disks.assemble([0], { run: true });
    disks.write(5, 'later');
    disks.stop();
    expect(disks.assemble([1], { run: true })).toBeUndefined();
    expect(disks.read(5)).toBe('both');
  });

  it('after both halves ran alone picks whichever is listed first', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const disks = await split();
      expect(disks.superblock(0)!.events).toBe(disks.superblock(1)!.events);
      expect(disks.assemble(order)).toBeUndefined();
      expect(disks.states).toEqual(['inSync']);
      expect(disks.read(5)).toBe(`half ${order[0]}`);
    }
  });

  it('with force shows both in sync with different contents', async () => {
    const disks = await split();
    expect(disks.assemble([0, 1], { force: true })).toBeUndefined();
    expect(disks.states).toEqual(['inSync', 'inSync']);
    expect(disks.on(0, 5)).not.toBe(disks.on(1, 5));
    expect(new Set(Array.from({ length: 30 }, () => disks.read(5)))).toEqual(new Set(['half 0', 'half 1']));
  });

  it('leaves no trace of a start that wrote nothing', async () => {
    const disks = await stopped();
    const before = [disks.superblock(0), disks.superblock(1)];
    disks.assemble([0], { run: true });
    await disks.clock.advance(60_000);
    disks.stop();
    expect([disks.superblock(0), disks.superblock(1)]).toEqual(before);
  });

  it('tells of a start that was made read-write', async () => {
    const disks = await stopped();
    const { events } = disks.superblock(0)!;
    disks.assemble([0, 1]);
    disks.array.leaveAutoRead();
    expect(disks.superblock(0)!.events).toBe(events + 1);
  });

  it('does not start on devices that are in use, twice, or without superblocks', async () => {
    const disks = await stopped();
    disks.assemble([0, 1]);
    expect(disks.assemble([0, 1])).toMatchObject({ code: 'EBUSY' });
    disks.stop();
    disks.node.kernel.md.zeroSuperblock(disks.disk(1), () => undefined);
    expect(disks.assemble([0, 1])).toMatchObject({ code: 'EINVAL' });
  });

  it('does not start a RAID10 without a member of each pair', async () => {
    const disks = new Disks(4);
    await disks.settled([0, 1, 2, 3], { level: 'raid10', mirrors: 2 });
    disks.stop();
    expect(disks.assemble([0, 1], { run: true })).toMatchObject({ code: 'EIO' });
    expect(disks.assemble([0, 3], { run: true })).toBeUndefined();
  });

  it('cannot stop what is open', async () => {
    const disks = await stopped();
    disks.assemble([0, 1]);
    disks.array.openers++;
    const errors: unknown[] = [];
    disks.node.kernel.md.stop(disks.array, (error) => errors.push(error?.code));
    expect(errors).toEqual(['EBUSY']);
  });
});
