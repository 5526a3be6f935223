import { write } from './io';
import { chunk, componentCells, Disks } from './md-setting';

describe('the synchronisation of an array', () => {
  it('copies all to a new member, and takes its time', async () => {
    const disks = new Disks(2);
    const array = disks.create([0, -1]);
    disks.write(5, 'old');
    disks.write(componentCells - 1, 'last');
    disks.add(1);
    await disks.clock.advance(1_000);
    expect(disks.states).toEqual(['inSync', 'recovering']);
    expect(disks.superblock(1)!.recoveryOffset).toBeDefined();
    expect(array.sync.position).toBeGreaterThan(0);
    await disks.clock.advance(10_000);
    expect(disks.states).toEqual(['inSync', 'inSync']);
    expect([disks.on(1, 5), disks.on(1, componentCells - 1)]).toEqual(['old', 'last']);
    expect(disks.superblock(1)!.recoveryOffset).toBeUndefined();
  });

  it('keeps to the limit it is given', async () => {
    const disks = new Disks(2);
    const array = disks.create([0, -1]);
    array.sync.limitKibPerSecond = (componentCells * 4) / 100;
    disks.add(1);
    await disks.clock.advance(90_000);
    expect(disks.states).toEqual(['inSync', 'recovering']);
    await disks.clock.advance(20_000);
    expect(disks.states).toEqual(['inSync', 'inSync']);
  });

  it('loses nothing that is written meanwhile, in front of it, behind it and under it', async () => {
    const disks = new Disks(2);
    disks.create([0, -1]);
    for (let cell = 0; cell < componentCells; cell += 1_000) disks.write(cell, `old ${cell}`);
    disks.add(1);
    for (let cell = 0; cell < componentCells; cell += 500) {
      disks.write(cell, `new ${cell}`);
      await disks.clock.advance(13);
    }
    await disks.clock.advance(10_000);
    expect(disks.states).toEqual(['inSync', 'inSync']);
    for (let cell = 0; cell < componentCells; cell += 500) expect(disks.on(1, cell)).toBe(disks.on(0, cell));
  });

  it('makes writes to the stretch in hand wait for it, and not the other way round', async () => {
    const disks = new Disks(2);
    const array = disks.create([0, -1]);
    disks.write(5, 'old');
    disks.add(1);
    disks.node.drives[1]!.hang();
    await disks.clock.advance(5_000);
    const writing = write(array, 6, 'new');
    const elsewhere = write(array, componentCells - 1, 'far');
    expect([writing.state, elsewhere.state]).toEqual(['waiting', 'waiting']);
    disks.node.drives[1]!.unhang();
    expect([writing.state, elsewhere.state]).toEqual(['done', 'done']);
    await disks.clock.advance(10_000);
    expect([disks.on(1, 5), disks.on(1, 6)]).toEqual(['old', 'new']);
  });

  it('does not bring back what it read before a write', async () => {
    const disks = new Disks(2);
    const array = disks.create([-1, 1]);
    disks.write(5, 'old');
    disks.add(0);
    disks.write(4, 'makes it dirty');
    disks.node.drives[1]!.hang();
    await disks.clock.advance(100);
    expect(array.sync.copying).toBeDefined();
    const writing = write(array, 5, 'new');
    disks.node.drives[1]!.unhang();
    await disks.clock.advance(10_000);
    expect(writing.state).toBe('done');
    expect([disks.on(0, 5), disks.on(1, 5)]).toEqual(['new', 'new']);
  });

  it('ends when its member fails, and is tried with the next spare', async () => {
    const disks = new Disks(3);
    disks.create([0, -1]);
    disks.add(1);
    await disks.clock.advance(500);
    disks.add(2);
    expect(disks.states).toEqual(['inSync', 'recovering', 'spare']);
    disks.drop(1);
    expect(disks.states).toEqual(['inSync', 'recovering']);
    await disks.clock.advance(10_000);
    expect(disks.states).toEqual(['inSync', 'inSync']);
  });

  it('gives up when a source cannot be read, and leaves a spare', async () => {
    const disks = new Disks(2);
    const array = disks.create([0, -1]);
    disks.node.drives[0]!.breakCells(256 + 1_024 + 100_000, 1);
    disks.add(1);
    await disks.clock.advance(600_000);
    expect(disks.states).toEqual(['inSync', 'spare']);
    expect(array.sync.action).toBe('idle');
  });

  it('goes on where it was when the array is stopped and started again', async () => {
    const disks = new Disks(2);
    disks.create([0, -1]);
    disks.write(100_000, 'x');
    disks.add(1);
    await disks.clock.advance(1_000);
    const { position } = disks.array.sync;
    disks.stop();
    expect(disks.node.kernel.md.list()).toEqual([]);
    expect(disks.assemble([0, 1], { run: true })).toBeUndefined();
    expect(disks.states).toEqual(['inSync', 'recovering']);
    disks.write(0, 'y');
    expect(disks.array.sync.position).toBe(position);
    await disks.clock.advance(10_000);
    expect(disks.on(1, 100_000)).toBe('x');
  });

  it('of a RAID10 of one copy comes before its spares get their roles, lowest first', async () => {
    const disks = new Disks(4);
    const array = disks.create([0, -1, 1, -1], { level: 'raid10', mirrors: 2 });
    expect(array.sync.action).toBe('resync');
    disks.add(2);
    disks.add(3);
    expect(disks.states).toEqual(['inSync', 'inSync', 'spare', 'spare']);
    await disks.clock.advance(60_000);
    expect(disks.states).toEqual(['inSync', 'inSync', 'inSync', 'inSync']);
    expect(array.members.map(({ role }) => role)).toEqual([0, 2, 3, 1]);
  });

  it('after an unclean stop covers what the bitmap names, and takes the first half for right', async () => {
    const disks = new Disks(2);
    await disks.settled([0, 1]);
    disks.write(5, 'both');
    write(disks.disk(0), 1_024 + 6, 'only first');
    write(disks.disk(1), 1_024 + 7, 'only second');
    write(disks.disk(1), 1_024 + 4 * chunk, 'not in the bitmap');
    disks.node.powerCut();
    disks.node.boot();
    expect(disks.superblock(0)).toMatchObject({ clean: false });
    for (const device of disks.node.kernel.drives.list()) {
      const entry = { number: 1, uuid: device.drive.id, name: 'disk', start: 256, cells: 1_024 + componentCells };
      disks.node.kernel.drives.addPartition(device, entry);
    }
    expect(disks.assemble([0, 1])).toBeUndefined();
    disks.write(100, 'starts it');
    await disks.clock.advance(60_000);
    for (const disk of [0, 1]) {
      expect([disks.on(disk, 5), disks.on(disk, 6), disks.on(disk, 7)]).toEqual(['both', 'only first', '']);
    }
    expect(disks.on(1, 4 * chunk)).toBe('not in the bitmap');
  });
});
