import { randomUUID } from 'node:crypto';
import { diskGUID, exportNQN, partitionLabel } from '../../../src/api/identity';
import { createPartition, provisionalUUID } from '../../../src/host/linux/partitions/create';
import { samplesOf } from '../../../src/host/linux/partitions/stretch';
import { deletePartition, wipePartition } from '../../../src/host/linux/partitions/wipe';
import { Machine } from './support/machine';

const MiB = 1024 ** 2;
const uid = randomUUID();
const uuid = randomUUID();
const label = partitionLabel(uid);

interface Entry {
  number: number;
  start: number;
  size: number;
  uuid: string;
  name: string;
}

describe('partitions', () => {
  let machine: Machine;
  let driveID: string;
  let table: Entry[] | undefined;

  /** A drive whose table the pretended sfdisk really keeps. */
  beforeEach(() => {
    machine = new Machine();
    driveID = machine.drive(0);
    table = undefined;
    const one = (argv: readonly string[]) => table!.find(({ number }) => argv.includes(String(number)))!;
    machine.exec
      .on(/^sfdisk --json/, () => {
        if (!table) return { code: 1, stderr: 'does not contain a recognized partition table' };
        const partitions = table.map(({ number, start, size, ...rest }) => ({
          node: `/dev/nvme0n1p${number}`,
          start: start / 512,
          size: size / 512,
          ...rest,
        }));
        const partitiontable = {
          label: 'gpt',
          id: diskGUID(driveID).toUpperCase(),
          device: '/dev/nvme0n1',
          firstlba: 2048,
          lastlba: 2097118,
          sectorsize: 512,
          partitions,
        };
        return JSON.stringify({ partitiontable });
      })
      .on(/^sfdisk .*--no-tell-kernel \/dev\/nvme0n1$/, () => void (table = []))
      .on(/^sfdisk .*--append/, (_argv, { input }) => {
        const [, start, size, , id, name] = /start=(\d+), size=(\d+), type=(\S+), uuid=(\S+), name="(.*)"/.exec(
          input!,
        )!;
        table!.push({
          number: table!.length + 1,
          start: Number(start) * 512,
          size: Number(size) * 512,
          uuid: id!,
          name: name!,
        });
      })
      .on(/^sfdisk .*--part-label/, (argv) => void (one(argv).name = argv.at(-1)!))
      .on(/^sfdisk .*--part-uuid/, (argv) => void (one(argv).uuid = argv.at(-1)!))
      .on(/^sfdisk .*--delete/, (argv) => void (table = table!.filter(({ number }) => number !== Number(argv.at(-1)))))
      .on(/^partx --add/, (argv) => {
        const entry = table!.find(({ number }) => argv.includes(String(number)))!;
        machine.partition('nvme0n1', entry.number, entry);
      })
      .on(/^partx --delete/, (argv) => {
        for (const path of ['block/nvme0n1', 'class/block']) machine.remove(`sys/${path}/nvme0n1p${argv[3]}`);
      })
      .on(/^blkid/, { code: 2 })
      .on(/^dd/, (argv) => Buffer.alloc(Number(/count=(\d+)/.exec(argv.join(' '))![1])))
      .on(/^(fallocate|blkdiscard|sync)/);
  });
  afterEach(() => machine.end());

  const create = (change: object = {}) =>
    createPartition(machine.host, { uuid, driveId: driveID, label, sizeBytes: 64 * MiB, ...change }, machine.call());
  const wipe = (offsetBytes = 0, deadlineMs = 20_000) =>
    wipePartition(machine.host, { uuid, offsetBytes }, machine.call(deadlineMs));

  it('are made under another UUID, erased through their own device, and only then named', async () => {
    await create();
    const steps = machine.exec.ran.filter((line) => !/--json|^blkid|^dd/.test(line));
    expect(steps.map((line) => line.replace(/--quiet --lock --no-reread --no-tell-kernel /, ''))).toEqual([
      'sfdisk /dev/nvme0n1',
      'sfdisk --append /dev/nvme0n1',
      'partx --add --nr 1 /dev/nvme0n1',
      'fallocate --punch-hole --offset 0 --length 16777216 /dev/nvme0n1p1',
      `fallocate --punch-hole --offset ${62 * MiB} --length 2097152 /dev/nvme0n1p1`,
      'sync /dev/nvme0n1p1',
      `fallocate --punch-hole --offset ${16 * MiB} --length 16777216 /dev/nvme0n1p1`,
      `fallocate --punch-hole --offset ${32 * MiB} --length ${32 * MiB} /dev/nvme0n1p1`,
      'sync /dev/nvme0n1p1',
      `sfdisk --part-label /dev/nvme0n1 1 ${label}`,
      `sfdisk --part-uuid /dev/nvme0n1 1 ${uuid}`,
    ]);
    expect(machine.exec.inputs.find((input) => input?.startsWith('start='))).toContain(provisionalUUID(uuid));
    expect(table).toEqual([{ number: 1, start: MiB, size: 64 * MiB, uuid, name: label }]);
  });

  it('get a table with the drive’s own GUID and room for many on a blank drive', async () => {
    await create();
    const script = machine.exec.inputs.find((input) => input?.startsWith('label:'));
    expect(script).toBe(`label: gpt\nlabel-id: ${diskGUID(driveID)}\ntable-length: 256\n`);
  });

  it.each([
    ['fallocate', /^fallocate/],
    ['naming', /--part-label/],
    ['the last step', /--part-uuid/],
  ])('whose making was broken off at %s are taken up again', async (_what, pattern) => {
    let broken = true;
    const before = machine.exec;
    before.on(pattern, () => {
      if (broken) throw new Error('power cut');
    });
    await expect(create()).rejects.toThrow('power cut');
    expect(table).toHaveLength(1);
    broken = false;
    if (pattern.source.includes('part')) {
      const entry = table![0]!;
      before.on(/--part-label/, () => void (entry.name = label)).on(/--part-uuid/, () => void (entry.uuid = uuid));
    }
    expect(await create()).toMatchObject({ uuid, startBytes: MiB });
    expect(table).toEqual([{ number: 1, start: MiB, size: 64 * MiB, uuid, name: label }]);
  });

  it('whose making was broken off are deleted with them', async () => {
    machine.exec.on(/^fallocate/, { code: 1, stderr: 'fallocate: fallocate failed: Input/output error' });
    await expect(create()).rejects.toThrow();
    await deletePartition(machine.host, { uuid }, machine.call());
    expect(table).toEqual([]);
  });

  it('are zeroed in the slow way where the drive cannot punch holes', async () => {
    machine.exec.on(/^fallocate/, { code: 1, stderr: 'fallocate: fallocate failed: Operation not supported' });
    await create();
    expect(machine.exec.matching(/^blkdiscard/)[0]).toBe(
      'blkdiscard --zeroout --offset 0 --length 16777216 /dev/nvme0n1p1',
    );
  });

  describe('on a drive that is slow at erasing', () => {
    let old: boolean;
    beforeEach(() => {
      old = false;
      machine.exec
        .on(/^fallocate/, () => machine.clock.sleep(3_000))
        .on(/^dd if=\/dev\/nvme0n1p1 /, (argv) =>
          Buffer.alloc(Number(/count=(\d+)/.exec(argv.join(' '))![1]), old ? 1 : 0),
        );
    });
    const sizeBytes = 256 * MiB;

    it('are ready at once where samples show nothing old', async () => {
      expect(await create({ sizeBytes })).toMatchObject({ uuid });
      expect(machine.exec.matching(/^fallocate/)).toHaveLength(3);
    });

    it('are flushed before their entry tells how much is erased', async () => {
      old = true;
      await expect(create({ sizeBytes })).rejects.toMatchObject({ kind: 'Busy' });
      const steps = machine.exec.matching(/^(fallocate|sync|sfdisk .*--part-label)/).slice(-2);
      expect(steps).toEqual(['sync /dev/nvme0n1p1', expect.stringContaining('--part-label')]);
    });

    it('are not there before all is erased where a sample does, over calls and restarts', async () => {
      old = true;
      await expect(create({ sizeBytes })).rejects.toMatchObject({ kind: 'Busy' });
      expect(table).toMatchObject([{ uuid: provisionalUUID(uuid), name: 'meshstor-being-made-32' }]);
      // What is erased by now may be all that was looked at.
      old = false;
      let calls = 1;
      while (table![0]!.uuid !== uuid && calls < 20) {
        await create({ sizeBytes }).catch((error: unknown) => expect(error).toMatchObject({ kind: 'Busy' }));
        calls++;
      }
      expect(calls).toBeGreaterThan(2);
      let reached = 0;
      for (const line of machine.exec.matching(/^fallocate/)) {
        const [offset, length] = /--offset (\d+) --length (\d+)/.exec(line)!.slice(1).map(Number);
        if (offset! <= reached) reached = Math.max(reached, offset! + length!);
      }
      expect(reached).toBe(sizeBytes);
      expect(table).toMatchObject([{ uuid, name: label }]);
    });
  });

  it('are not made on a drive that only says it erases', async () => {
    machine.exec.on(/^dd if=\/dev\/nvme0n1p1 /, (argv) =>
      Buffer.alloc(Number(/count=(\d+)/.exec(argv.join(' '))![1]), 1),
    );
    await expect(create()).rejects.toMatchObject({ kind: 'Unreachable' });
    expect(table).toMatchObject([{ uuid: provisionalUUID(uuid) }]);
  });

  it('are never touched on a table that changed its owner meanwhile', async () => {
    table = [];
    const tables = machine.exec;
    tables.on(/^sfdisk .*--append/, () => {
      tables.on(
        /^sfdisk --json/,
        JSON.stringify({ partitiontable: { label: 'gpt', id: randomUUID(), device: '/dev/nvme0n1' } }),
      );
    });
    await expect(create()).rejects.toMatchObject({ kind: 'Unreachable' });
    expect(machine.exec.matching(/^(fallocate|blkdiscard|sfdisk .*--part)/)).toEqual([]);
  });

  describe('that exist', () => {
    beforeEach(async () => {
      await create();
      machine.exec.ran.length = 0;
    });

    it.each([
      ['exported', () => machine.folder(`nvmet/subsystems/${exportNQN(uid, uuid, 1)}`)],
      ['held', () => machine.folder('sys/block/nvme0n1/nvme0n1p1/holders/dm-1')],
      ['mounted', () => machine.write('proc/self/mountinfo', '1 1 259:101 / /data rw - ext4 /dev/nvme0n1p1 rw')],
    ])('are neither wiped nor deleted while they are %s', async (_what, use) => {
      use();
      await expect(wipe()).rejects.toMatchObject({ kind: 'Busy' });
      await expect(deletePartition(machine.host, { uuid }, machine.call())).rejects.toMatchObject({ kind: 'Busy' });
      expect(machine.exec.matching(/^(fallocate|blkdiscard|sfdisk .*--delete)/)).toEqual([]);
    });

    it('are wiped in whole, flushed, and read back', async () => {
      expect(await wipe()).toEqual({ offsetBytes: 64 * MiB, done: true });
      const stretches = machine.exec
        .matching(/^fallocate/)
        .map((line) => /--offset (\d+) --length (\d+)/.exec(line)!.slice(1).map(Number));
      let reached = 0;
      for (const [offset, length] of stretches) {
        expect(offset).toBe(reached);
        reached += length!;
      }
      expect(reached).toBe(64 * MiB);
      const order = machine.exec.ran
        .map((line) => line.split(' ')[0])
        .filter((name) => ['fallocate', 'sync', 'dd'].includes(name!));
      expect(order.lastIndexOf('fallocate')).toBeLessThan(order.indexOf('sync'));
      expect(order.indexOf('sync')).toBeLessThan(order.indexOf('dd'));
    });

    it('are not called wiped when a sample reads other than zero', async () => {
      const [sample] = samplesOf(uuid, 64 * MiB).slice(5);
      machine.exec.on(new RegExp(`^dd .* skip=${sample!.offset} `), Buffer.alloc(sample!.length, 1));
      await expect(wipe()).rejects.toMatchObject({
        kind: 'Unreachable',
        message: expect.stringContaining('other than zero') as string,
      });
    });

    it('are wiped as far as time allows, and on from there', async () => {
      machine.exec.on(/^fallocate/, () => machine.clock.sleep(1_000));
      const first = await wipe(0, 2_500);
      expect(first.done).toBe(false);
      expect(first.offsetBytes).toBeGreaterThan(0);
      expect(first.offsetBytes).toBeLessThan(64 * MiB);
      machine.exec.ran.length = 0;
      await wipe(first.offsetBytes, 60_000);
      expect(machine.exec.matching(/^fallocate/)[0]).toContain(`--offset ${first.offsetBytes} `);
    });

    it('are flushed before a call tells how far it came: no loss of power brings back what it counted', async () => {
      machine.exec.on(/^fallocate/, () => machine.clock.sleep(1_000));
      expect(await wipe(0, 2_500)).toMatchObject({ done: false });
      expect(machine.exec.ran.at(-1)).toBe('sync /dev/nvme0n1p1');
    });

    it('are erased in one call and looked at in the next on a machine that is slow at both', async () => {
      machine.exec.on(/^fallocate/, () => machine.clock.sleep(1_300));
      machine.exec.on(/^dd/, async ([, ...argv]) => {
        await machine.clock.sleep(600);
        return Buffer.alloc(Number(/count=(\d+)/.exec(argv.join(' '))![1]));
      });
      let reached = 0;
      for (let calls = 0; calls < 8; calls++) {
        const answer = await wipe(reached, 10_000);
        if (answer.done) return expect(answer.offsetBytes).toBe(64 * MiB);
        expect(answer.offsetBytes).toBeGreaterThanOrEqual(reached);
        reached = answer.offsetBytes;
      }
      throw new Error('the wipe never ends');
    });

    it('are looked at in the same places every time, and at both ends', () => {
      const samples = samplesOf(uuid, 64 * MiB);
      expect(samples).toEqual(samplesOf(uuid, 64 * MiB));
      expect(samples).not.toEqual(samplesOf(randomUUID(), 64 * MiB));
      expect(samples.slice(0, 2)).toEqual([
        { offset: 0, length: MiB },
        { offset: 63 * MiB, length: MiB },
      ]);
      for (const { offset, length } of samples) expect(offset + length).toBeLessThanOrEqual(64 * MiB);
    });

    it('are forgotten by the kernel when they are deleted', async () => {
      await deletePartition(machine.host, { uuid }, machine.call());
      expect(machine.exec.ran.filter((line) => !line.includes('--json')).map((line) => line.split(' ')[0])).toEqual([
        'sfdisk',
        'partx',
      ]);
      expect(table).toEqual([]);
    });

    it('stay in the kernel’s eyes Busy when it does not forget them', async () => {
      machine.exec.on(/^partx --delete/, { code: 1, stderr: 'partx: error deleting partition 1' });
      await expect(deletePartition(machine.host, { uuid }, machine.call())).rejects.toMatchObject({ kind: 'Busy' });
    });
  });
});
