import { chunk, componentCells, Disks } from './md-setting';

const late = componentCells - 1;

/** Disk 1 of a mirror is being copied onto disk 2: a tenth of it is done. */
async function copying(): Promise<Disks> {
  const disks = new Disks(4);
  await disks.settled([0, 1]);
  disks.write(5, 'before');
  disks.add(2);
  disks.array.sync.limitKibPerSecond = (componentCells * 4) / 60;
  disks.replace(1, 2);
  await disks.clock.advance(7_000);
  return disks;
}

const copied = (disks: Disks) => disks.clock.advanceUntil(() => disks.array.sync.action === 'idle');

describe('md copies a member onto a spare', () => {
  it('and has all its members meanwhile; then the old one is faulty', async () => {
    const disks = await copying();
    expect([disks.states, disks.array.degraded]).toEqual([['inSync', 'inSync', 'recovering'], 0]);
    await copied(disks);
    expect([disks.states, disks.array.degraded]).toEqual([['inSync', 'faulty', 'inSync'], 0]);
    expect(disks.member(2)).toMatchObject({ role: 1, isReplacement: false });
    expect(disks.on(2, 5)).toBe('before');
  });

  it('which gets every write at once, as does the old one', async () => {
    const disks = await copying();
    disks.write(5, 'again');
    disks.write(late, 'not yet copied');
    for (const disk of [0, 1, 2]) {
      expect([disks.on(disk, 5), disks.on(disk, late)]).toEqual(['again', 'not yet copied']);
    }
  });

  it('and goes on with it as a rebuild when the old one fails', async () => {
    const disks = await copying();
    disks.array.fail(disks.member(1)!);
    expect([disks.array.degraded, disks.member(2)!.isReplacement]).toEqual([1, false]);
    await copied(disks);
    expect([disks.states, disks.array.degraded]).toEqual([['inSync', 'faulty', 'inSync'], 0]);
    expect(disks.on(2, 5)).toBe('before');
  });

  it('and loses nothing when that fails; the next spare takes its place by itself', async () => {
    const disks = await copying();
    disks.drop(2);
    expect([disks.states, disks.array.degraded]).toEqual([['inSync', 'inSync'], 0]);
    disks.add(3);
    expect(disks.member(3)).toMatchObject({ state: 'recovering', role: 1, isReplacement: true });
  });

  it('from whichever member can be read, and leaves the old one where none can', async () => {
    const disks = await copying();
    for (const disk of [0, 1]) disks.node.drives[disk]!.breakCells(256 + 1_024 + 5 * chunk, 1);
    await copied(disks);
    expect(disks.states).toEqual(['inSync', 'inSync', 'spare']);
    expect(disks.array.degraded).toBe(0);
  });

  it('and after a loss of power wants that one too, unless it is told to run', async () => {
    const disks = await copying();
    disks.reboot();
    expect(disks.assemble([0, 1])?.message).toContain('need all 3');
    expect(disks.assemble([0, 1], { run: true })).toBeUndefined();
    expect([disks.states, disks.array.degraded]).toEqual([['inSync', 'inSync'], 0]);
    expect(disks.array.members.some(({ wantsReplacement }) => wantsReplacement)).toBe(false);
  });

  it('and after a stop goes on where it was, given all of them', async () => {
    const disks = await copying();
    disks.stop();
    await disks.clock.advance(1_000);
    expect(disks.assemble([0, 1, 2])).toBeUndefined();
    expect(disks.member(2)).toMatchObject({ state: 'recovering', isReplacement: true });
    expect(disks.member(2)!.recoveryOffset).toBeGreaterThan(0);
  });
});

describe("md's number of roles", () => {
  it('is not changed while it copies, nor to fewer than it has members', async () => {
    const disks = await copying();
    expect(disks.resize(3)?.code).toBe('EBUSY');
    await copied(disks);
    expect(disks.resize(1)?.code).toBe('EBUSY');
  });

  it('shrinks by the empty ones, wherever they are: the others move up', async () => {
    const disks = new Disks(3);
    await disks.settled([0, 1, 2]);
    disks.drop(0);
    expect(disks.resize(2)).toBeUndefined();
    expect([disks.array.degraded, disks.member(1)!.role, disks.member(2)!.role]).toEqual([0, 0, 1]);
    disks.write(5, 'on both');
    expect([disks.on(1, 5), disks.on(2, 5)]).toEqual(['on both', 'on both']);
  });

  it('grows, and a spare is copied in whole into the new one', async () => {
    const disks = new Disks(3);
    await disks.settled([0, 1]);
    disks.write(5, 'before');
    await disks.clock.advance(20_000);
    disks.add(2);
    expect(disks.resize(3)).toBeUndefined();
    await copied(disks);
    expect(disks.states).toEqual(['inSync', 'inSync', 'inSync']);
    expect(disks.on(2, 5)).toBe('before');
  });
});
