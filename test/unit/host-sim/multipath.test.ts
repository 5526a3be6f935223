import type { MultipathDevice } from '../../../src/host/sim/kernel/dm/multipath';
import { read, write } from './io';
import { Setting } from './setting';

async function mapped() {
  const s = new Setting();
  await s.createPartition(s.a, 0);
  await s.applyMember(s.a, 0);
  const map = s.a.kernel.dm.find('meshstor-vol-1-m0') as MultipathDevice;
  return { s, map, drive: s.a.drives[0]! };
}

describe('a multipath map', () => {
  it('keeps what it cannot send, in order, and sends it when a path is loaded', async () => {
    const { s, map, drive } = await mapped();
    s.a.pullDrive(drive.id);
    const writes = ['first', 'second', 'third'].map((value) => write(map, 5, value));
    await s.clock.advance(600_000);
    expect(writes.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(map.path).toBeUndefined();
    s.a.returnDrive(drive.id);
    expect(map.path).toBeUndefined();
    map.reload(s.a.kernel.drives.findPartition(s.partition(0))!, () => undefined);
    expect(writes.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(read(map, 5).cell).toBe('third');
  });

  it('fails what waits and what comes once it is told to, and waits again once it is told that', async () => {
    const { s, map, drive } = await mapped();
    s.a.pullDrive(drive.id);
    const waiting = write(map, 5, 'x');
    map.setQueueing(false);
    expect([waiting.state, write(map, 5, 'y').state]).toEqual(['path', 'path']);
    map.setQueueing(true);
    expect(write(map, 5, 'z').state).toBe('waiting');
  });

  it('passes on what the drive itself says', async () => {
    const { map, drive } = await mapped();
    drive.breakCells(0, 4_000);
    expect(read(map, 5).state).toBe('medium');
    expect(map.path).toBeDefined();
  });

  it('waits with a new path for what the old one has not answered, and can be called off', async () => {
    const { s, map, drive } = await mapped();
    drive.hang();
    const under = write(map, 5, 'under way');
    let loaded = false;
    const other = s.a.kernel.drives.findPartition(s.partition(0))!;
    const giveUp = map.reload(other, () => (loaded = true));
    const after = write(map, 6, 'later');
    giveUp();
    drive.unhang();
    expect([under.state, after.state, loaded]).toEqual(['done', 'done', false]);
  });

  it('under an error table lets nothing through, and takes a path again afterwards', async () => {
    const { s, map, drive } = await mapped();
    s.a.pullDrive(drive.id);
    const waiting = write(map, 5, 'x');
    map.loadError(() => undefined);
    s.a.returnDrive(drive.id);
    expect([waiting.state, write(map, 5, 'y').state]).toEqual(['path', 'path']);
    const partition = s.a.kernel.drives.findPartition(s.partition(0))!;
    expect(partition.heldBy).toBeUndefined();
    map.reload(partition, () => undefined);
    expect(write(map, 5, 'z').state).toBe('done');
  });

  it('needs a path of its own size', async () => {
    const { s, map } = await mapped();
    await s.createPartition(s.a, 5, 200 * 1024 ** 2);
    const errors: unknown[] = [];
    map.reload(s.a.kernel.drives.findPartition(s.partition(5))!, (error) => errors.push(error?.code));
    expect(errors).toEqual(['EINVAL']);
  });
});
