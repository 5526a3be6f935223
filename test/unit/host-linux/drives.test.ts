import { randomUUID } from 'node:crypto';
import { diskGUID, partitionLabel } from '../../../src/api/identity';
import { listDrives } from '../../../src/host/linux/drives/list';
import { findPartition } from '../../../src/host/linux/partitions/find';
import { Machine } from './support/machine';

const MiB = 1024 ** 2;

describe('drives', () => {
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.end());

  const noTable = { code: 1, stderr: 'sfdisk: /dev/nvme0n1: does not contain a recognized partition table' };
  const nothing = { code: 2 };
  const list = async () => (await listDrives(machine.host, {}, machine.call())).drives;
  const only = async () => (await list())[0]!;
  const tableOf = (id: string, entries: object[] = [], device = '/dev/nvme0n1') =>
    JSON.stringify({
      partitiontable: {
        label: 'gpt',
        id,
        device,
        firstlba: 2048,
        lastlba: 2097118,
        sectorsize: 512,
        partitions: entries,
      },
    });

  it('that nobody has put anything on are blank: no table, no signature, both ends read as zeroes', async () => {
    machine.drive(0);
    machine.exec
      .on(/^sfdisk/, noTable)
      .on(/^blkid/, nothing)
      .on(/^dd/, Buffer.alloc(MiB));
    expect(await only()).toMatchObject({
      name: 'nvme0n1',
      use: 'DRIVE_USE_BLANK',
      queues: 2,
      volatileWriteCache: true,
    });
    const last = 1024 ** 3 - MiB;
    expect(machine.exec.matching(/^dd/).map((line) => / skip=(\d+)/.exec(line)?.[1])).toEqual(['0', String(last)]);
  });

  it.each([
    ['data of an unknown kind at its beginning', { '0': 'x' }],
    ['data of an unknown kind at its end', { [String(1024 ** 3 - MiB)]: 'x' }],
  ])('with %s are foreign', async (_what, dirty: Record<string, string>) => {
    machine.drive(0);
    machine.exec.on(/^sfdisk/, noTable).on(/^blkid/, nothing);
    machine.exec.on(/^dd/, (argv) => {
      const data = Buffer.alloc(MiB);
      data.write(dirty[/skip=(\d+)/.exec(argv.join(' '))![1]!] ?? '', 4096);
      return data;
    });
    expect(await only()).toMatchObject({
      use: 'DRIVE_USE_FOREIGN',
      free: [],
      useDetail: expect.stringContaining('unknown kind') as string,
    });
  });

  it('that cannot be read are unreadable, although blkid finds nothing on them', async () => {
    machine.drive(0);
    machine.exec.on(/^sfdisk/, noTable).on(/^blkid/, nothing);
    machine.exec.on(/^dd/, { code: 1, stderr: 'dd: error reading: Input/output error' });
    expect(await only()).toMatchObject({ use: 'DRIVE_USE_UNREADABLE', free: [] });
  });

  it('that give less than what is asked for are unreadable', async () => {
    machine.drive(0);
    machine.exec
      .on(/^sfdisk/, noTable)
      .on(/^blkid/, nothing)
      .on(/^dd/, Buffer.alloc(512));
    expect(await only()).toMatchObject({ use: 'DRIVE_USE_UNREADABLE' });
  });

  it("with somebody else's table are foreign, even with MeshStor's names in it", async () => {
    machine.drive(0);
    const entry = {
      node: '/dev/nvme0n1p1',
      start: 2048,
      size: 2048,
      uuid: randomUUID(),
      name: partitionLabel(randomUUID()),
    };
    machine.exec.on(/^sfdisk/, tableOf(randomUUID(), [entry]));
    expect(await only()).toMatchObject({ use: 'DRIVE_USE_FOREIGN', partitions: [], free: [] });
  });

  it('with a signature are foreign, and it is named', async () => {
    machine.drive(0);
    machine.exec.on(/^sfdisk/, noTable).on(/^blkid/, 'TYPE=ext4\nUSAGE=filesystem\n');
    expect((await only()).useDetail).toBe('it holds a ext4 file system; erase it to give it to MeshStor');
  });

  it("of MeshStor's show its own partitions and nothing of others", async () => {
    const id = machine.drive(0);
    const ours = {
      node: '/dev/nvme0n1p1',
      start: 2048,
      size: 2048,
      uuid: randomUUID().toUpperCase(),
      name: partitionLabel(randomUUID()),
    };
    const theirs = { node: '/dev/nvme0n1p2', start: 4096, size: 2048, uuid: randomUUID(), name: 'data' };
    const halfMade = {
      node: '/dev/nvme0n1p3',
      start: 6144,
      size: 2048,
      uuid: randomUUID(),
      name: 'meshstor-being-made',
    };
    machine.exec.on(/^sfdisk/, tableOf(diskGUID(id).toUpperCase(), [ours, theirs, halfMade]));
    const drive = await only();
    expect(drive).toMatchObject({ use: 'DRIVE_USE_MESHSTOR', partitions: [{ uuid: ours.uuid.toLowerCase() }] });
    expect(drive.free.map(({ startBytes }) => startBytes)).toEqual([4 * MiB]);
  });

  it.each([
    ['something is built on the whole of them', (m: Machine) => m.folder('sys/block/nvme0n1/holders/dm-7')],
    [
      'their whole is mounted',
      (m: Machine) => m.write('proc/self/mountinfo', '1 1 259:0 / /data rw - ext4 /dev/nvme0n1 rw'),
    ],
    ['they are swap space', (m: Machine) => m.write('proc/swaps', 'Filename Type\n/dev/nvme0n1 partition 1 0 -2')],
  ])('are busy while %s', async (_what, occupy) => {
    machine.drive(0);
    occupy(machine);
    expect(await only()).toMatchObject({ use: 'DRIVE_USE_BUSY', free: [] });
    expect(machine.exec.ran).toEqual([]);
  });

  it('are local ones only', async () => {
    machine.drive(0);
    machine.import(5, { uid: randomUUID(), partition: randomUUID() });
    machine.exec
      .on(/^sfdisk/, noTable)
      .on(/^blkid/, nothing)
      .on(/^dd/, Buffer.alloc(MiB));
    expect((await list()).map(({ name }) => name)).toEqual(['nvme0n1']);
  });

  describe('of which one cannot be read', () => {
    const wanted = randomUUID();
    const entryOn = (device: string) => ({
      node: `${device}p1`,
      start: 2048,
      size: 2048,
      uuid: wanted,
      name: partitionLabel(randomUUID()),
    });
    const find = () => findPartition(machine.host, wanted, machine.call());

    it('leave open whether a partition exists', async () => {
      machine.drive(0);
      machine.drive(1);
      machine.exec.on(/^sfdisk .*nvme0n1$/, { code: 1, stderr: 'cannot open' }).on(/^sfdisk .*nvme1n1$/, noTable);
      await expect(find()).rejects.toMatchObject({
        kind: 'Unreachable',
        message: expect.stringContaining('nvme0n1') as string,
      });
    });

    it('do not matter for one that is elsewhere, and where it was is looked first', async () => {
      machine.drive(0);
      const id = machine.drive(1);
      machine.exec.on(/^sfdisk .*nvme0n1$/, { code: 1, stderr: 'cannot open' });
      machine.exec.on(/^sfdisk .*nvme1n1$/, tableOf(diskGUID(id), [entryOn('/dev/nvme1n1')], '/dev/nvme1n1'));
      expect((await find()).drive.id).toBe(id);
      machine.exec.ran.length = 0;
      expect((await find()).drive.id).toBe(id);
      expect(machine.exec.ran).toEqual(['sfdisk --json /dev/nvme1n1']);
    });

    it('a partition on two drives is nobody’s to choose', async () => {
      for (const n of [0, 1]) {
        const device = `/dev/nvme${n}n1`;
        machine.exec.on(
          new RegExp(`^sfdisk .*nvme${n}n1$`),
          tableOf(diskGUID(machine.drive(n)), [entryOn(device)], device),
        );
      }
      await expect(find()).rejects.toMatchObject({ kind: 'Invalid' });
    });
  });
});
