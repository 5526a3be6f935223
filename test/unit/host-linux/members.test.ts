import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskGUID, partitionLabel } from '../../../src/api/identity';
import { applyMember } from '../../../src/host/linux/members/apply';
import { setMemberPolicy } from '../../../src/host/linux/members/policy';
import { memberUUID } from '../../../src/host/dm-names';
import { ApplyMemberRequest } from '../../../src/host/gen/host';
import { getStack } from '../../../src/host/linux/stack/get';
import { removeMember } from '../../../src/host/linux/stack/remove-member';
import { Machine } from './support/machine';

const MiB = 1024 ** 2;
const uid = randomUUID();
const partition = randomUUID();
const volume = { uid, name: 'vol' };
const fixture = (name: string) => readFileSync(join(__dirname, '../../fixtures/host', name));
/** Array and member UUID of the superblock in the fixture. */
const superblock = fixture('superblock-without-bad-blocks.bin');
const arrayOfFixture = 'fe8bd83e-e698-f61d-9494-2b4d6c2a77fd';
const dmUUID = memberUUID({ volumeUID: uid, slot: 1, partitionUUID: partition, epoch: 1 });
const name = 'meshstor-vol-m1';

describe("a member's map", () => {
  let machine: Machine;
  let nqn: string;

  beforeEach(() => {
    machine = new Machine();
    nqn = machine.import(3, { uid, partition });
    machine.exec.on(/^dd if=.* skip=4096 /, Buffer.alloc(4096));
  });
  afterEach(() => machine.end());

  const remote = () => {
    const source = { partitionUuid: partition, nqn, namespaceUuid: namespace() };
    return ApplyMemberRequest.fromPartial({ volume, slot: 1, epoch: 1, source });
  };
  const namespace = () => readFileSync(join(machine.root, 'sys/block/nvme3n1/uuid'), 'utf8').trim();
  const apply = (request = remote(), call = machine.call()) => applyMember(machine.host, request, call);

  /** The map is there, with a path to `devno` that works or failed. */
  const present = ({
    devno = '259:3',
    active = true,
    queueing = true,
    suspended = false,
    slaves = ['nvme3n1'],
  } = {}) => {
    machine.dm(1, { name, uuid: dmUUID, slaves, suspended });
    let state = { devno, active, queueing, suspended };
    const table = () =>
      `0 131072 multipath 3 ${state.queueing ? 'queue_if_no_path ' : ''}retain_attached_hw_handler queue_mode bio 0 1 1 round-robin 0 1 1 ${state.devno} 1`;
    machine.exec
      .on(/^dmsetup status/, () => {
        const path = `0 131072 multipath 2 0 0 0 1 1 A 0 1 0 ${state.devno} ${state.active ? 'A' : 'F'} 0`;
        return `Name:              ${name}\nState:             ${state.suspended ? 'SUSPENDED' : 'ACTIVE'}\nOpen count:        1\n\n${path}\n`;
      })
      .on(/^dmsetup table/, () => table())
      .on(/^dmsetup message .* queue_if_no_path/, () => void (state = { ...state, queueing: true }))
      .on(/^dmsetup message .* fail_if_no_path/, () => void (state = { ...state, queueing: false }))
      .on(/^dmsetup message .* reinstate_path/, () => void (state = { ...state, active: true }))
      .on(/^dmsetup (load|clear)/)
      .on(/^dmsetup suspend/, () => void (state = { ...state, suspended: true }))
      .on(/^dmsetup resume/, () => void (state = { devno: '259:3', active: true, queueing: true, suspended: false }));
  };
  const changes = () => machine.exec.matching(/^dmsetup (create|load|clear|suspend|resume|message|remove)/);

  it('is made with one path, and waits when that fails', async () => {
    machine.exec.on(/^dmsetup mknodes/).on(/^dmsetup create/, () => present());
    const member = await apply();
    const table = '0 131072 multipath 3 queue_if_no_path queue_mode bio 0 1 1 round-robin 0 1 1 259:3 1';
    expect(changes()).toEqual([`dmsetup create ${name} --uuid ${dmUUID} --noudevsync --table ${table}`]);
    expect(member).toMatchObject({ slot: 1, epoch: 1, queueing: true, path: { nqn }, superblock: undefined });
  });

  it('that is as it should be is left alone', async () => {
    present();
    await apply();
    expect(changes()).toEqual([]);
  });

  it('whose path failed is told to use it again, after it was told to wait', async () => {
    present({ active: false, queueing: false });
    await apply();
    expect(changes()).toEqual([
      `dmsetup message --uuid ${dmUUID} 0 queue_if_no_path`,
      `dmsetup message --uuid ${dmUUID} 0 reinstate_path 259:3`,
    ]);
  });

  it('gets a path under another number by a reload in which I/O waits', async () => {
    present({ devno: '259:77', active: false, slaves: [] });
    await apply();
    const table = '0 131072 multipath 3 queue_if_no_path queue_mode bio 0 1 1 round-robin 0 1 1 259:3 1';
    expect(changes()).toEqual([
      `dmsetup load --uuid ${dmUUID} --table ${table}`,
      `dmsetup suspend --noflush --nolockfs --uuid ${dmUUID}`,
      `dmsetup resume --noudevsync --uuid ${dmUUID}`,
    ]);
  });

  it('that a crash left suspended is resumed, without a table that nobody has confirmed', async () => {
    present({ suspended: true });
    expect(await apply()).toMatchObject({ queueing: true, path: { nqn } });
    expect(changes()).toEqual([`dmsetup clear --uuid ${dmUUID}`, `dmsetup resume --noudevsync --uuid ${dmUUID}`]);
  });

  describe('whose import gives way to another device', () => {
    /** The number, in the moment device-mapper takes it, is not the import's any more. */
    const renumber = () => machine.write('sys/block/nvme3n1/dev', '259:8');

    it('before it is made, is taken away again', async () => {
      machine.exec
        .on(/^dmsetup create/, () => {
          present();
          renumber();
        })
        .on(/^dmsetup remove/);
      await expect(apply()).rejects.toMatchObject({
        kind: 'Unreachable',
        message: expect.stringContaining('259:8') as string,
      });
      expect(changes().at(-1)).toBe(`dmsetup remove --noudevsync --uuid ${dmUUID}`);
    });

    it('before it is loaded, goes on as it was', async () => {
      present({ devno: '259:77', active: false, slaves: [] });
      machine.exec.on(/^dmsetup load/, renumber);
      await expect(apply()).rejects.toMatchObject({ kind: 'Unreachable' });
      expect(changes().map((line) => line.split(' ')[1])).toEqual(['load', 'clear']);
    });

    it.each([
      ['another volume', () => ({ uid: randomUUID(), partition })],
      ['another partition', () => ({ uid, partition: randomUUID() })],
      ['another epoch', () => ({ uid, partition, epoch: 2 })],
      ['another namespace', () => ({ uid, partition, uuid: randomUUID() })],
    ])('which is of %s, has no path', async (_what, other) => {
      machine.import(4, other());
      present({ devno: '259:4', slaves: ['nvme4n1'] });
      const { members } = await getStack(machine.host, { volumeUid: uid }, machine.call());
      expect(members).toMatchObject([{ slot: 1, path: undefined, superblock: undefined }]);
      expect(machine.exec.matching(/^dd/)).toEqual([]);
    });
  });

  it('is never suspended while a fenced import holds its I/O: the kernel would forget to queue', async () => {
    machine.import(4, { uid, partition: randomUUID(), ana: 'inaccessible' });
    present({ devno: '259:4', slaves: ['nvme4n1'] });
    await expect(apply()).rejects.toMatchObject({
      kind: 'Busy',
      message: expect.stringContaining('disconnect it first') as string,
    });
    expect(changes()).toEqual([]);
  });

  it('goes on being reloaded when the caller gives up waiting, and is resumed at last', async () => {
    present({ devno: '259:77', active: false, slaves: [] });
    let release!: () => void;
    machine.exec.on(/^dmsetup suspend/, (_argv, options) => {
      expect(options.onDeadline).toBe('leave');
      return new Promise<void>((resolve) => (release = resolve));
    });
    const call = machine.call();
    const attempt = expect(apply(remote(), call)).rejects.toMatchObject({ kind: 'Timeout' });
    while (changes().at(-1)?.startsWith('dmsetup suspend') !== true) await new Promise(setImmediate);
    machine.clock.ringAll();
    await attempt;
    expect(changes().at(-1)).toMatch(/^dmsetup suspend/);
    release();
    await Promise.all(call.unfinished);
    expect(changes().at(-1)).toMatch(/^dmsetup resume/);
  });

  it('under a running array takes only a path with the same content', async () => {
    present({ devno: '259:77', active: false, slaves: [] });
    machine.md(127, { uuid: arrayOfFixture, members: { 'dm-1': { slot: 1, state: 'in_sync' } } });
    await expect(apply()).rejects.toMatchObject({
      kind: 'Invalid',
      message: expect.stringContaining('no md superblock') as string,
    });
    expect(changes()).toEqual([]);
    machine.exec.on(/^dd if=.* skip=4096 /, superblock);
    expect(await apply()).toMatchObject({ superblock: { arrayUuid: arrayOfFixture } });
  });

  it('under a running array takes no other member of it either', async () => {
    present({ devno: '259:77', active: false, slaves: [] });
    machine.md(127, { uuid: arrayOfFixture, members: { 'dm-1': { slot: 1, state: 'in_sync' } } });
    machine.exec.on(/^dd if=.* skip=4096 /, superblock);
    const other = {
      arrayUUID: arrayOfFixture,
      memberUUID: randomUUID(),
      events: 1,
      raidDevices: 2,
      dataOffset: 0,
      isComplete: true,
      hasBadBlockList: false,
    };
    machine.host.superblocks.set(dmUUID, other);
    await expect(apply()).rejects.toMatchObject({ kind: 'Invalid' });
    expect(changes()).toEqual([]);
  });

  it('of another size, epoch or partition is refused', async () => {
    present();
    machine.write('sys/block/nvme3n1/size', 999);
    await expect(apply()).rejects.toMatchObject({
      kind: 'Invalid',
      message: expect.stringContaining('bytes') as string,
    });
    await expect(apply({ ...remote(), epoch: 2 })).rejects.toMatchObject({ kind: 'Invalid' });
    expect(changes()).toEqual([]);
  });

  it.each([
    ['connecting', 'optimized'],
    ['live', 'inaccessible'],
  ])('is not loaded over an import that is %s and %s', async (state, ana) => {
    machine.write('sys/class/nvme/nvme3/state', state);
    machine.write('sys/class/nvme/nvme3/nvme3c3n1/ana_state', ana);
    await expect(apply()).rejects.toMatchObject({ kind: 'Unreachable' });
  });

  it('whose superblock cannot be read is not said to have none', async () => {
    present();
    machine.exec.on(/^dd if=.* skip=4096 /, { code: 1, stderr: 'dd: error reading: Input/output error' });
    await expect(apply()).rejects.toMatchObject({ kind: 'Unreachable' });
  });

  it('changes its policy once', async () => {
    present();
    const policy = (queueing: boolean) => setMemberPolicy(machine.host, { volume, slot: 1, queueing }, machine.call());
    expect(await policy(false)).toMatchObject({ queueing: false });
    expect(await policy(false)).toMatchObject({ queueing: false });
    expect(changes()).toEqual([`dmsetup message --uuid ${dmUUID} 0 fail_if_no_path`]);
  });

  it('is removed only when no array uses it, and lets go of what waits in it first', async () => {
    present();
    machine.md(127, { uuid: arrayOfFixture, members: { 'dm-1': { slot: 1, state: 'faulty' } } });
    const remove = () => removeMember(machine.host, { volume, slot: 1 }, machine.call());
    await expect(remove()).rejects.toMatchObject({ kind: 'Busy' });
    machine.remove('sys/block/dm-1/holders/md127');
    machine.exec.on(/^dmsetup remove/, () => machine.remove('sys/block/dm-1'));
    await remove();
    expect(changes()).toEqual([
      `dmsetup message --uuid ${dmUUID} 0 fail_if_no_path`,
      `dmsetup remove --noudevsync --uuid ${dmUUID}`,
    ]);
    expect(await remove()).toEqual({});
  });

  describe('over a partition of this node', () => {
    beforeEach(() => {
      const id = machine.drive(0);
      machine.partition('nvme0n1', 2, { start: 4 * MiB, size: 64 * MiB });
      const entry = {
        node: '/dev/nvme0n1p2',
        start: 8192,
        size: 131072,
        uuid: partition.toUpperCase(),
        name: partitionLabel(uid),
      };
      const table = {
        label: 'gpt',
        id: diskGUID(id).toUpperCase(),
        device: '/dev/nvme0n1',
        sectorsize: 512,
        partitions: [entry],
      };
      machine.exec.on(/^sfdisk --json/, JSON.stringify({ partitiontable: table }));
    });
    const local = () =>
      ApplyMemberRequest.fromPartial({ volume, slot: 1, epoch: 1, source: { partitionUuid: partition } });

    it('is refused while that is exported: both would write', async () => {
      machine.folder(`nvmet/subsystems/${nqn}/namespaces/1`);
      await expect(apply(local())).rejects.toMatchObject({
        kind: 'Busy',
        message: expect.stringContaining(nqn) as string,
      });
    });

    it('is refused while something else holds that', async () => {
      machine.folder('sys/block/nvme0n1/nvme0n1p2/holders/md9');
      await expect(apply(local())).rejects.toMatchObject({
        kind: 'Busy',
        message: expect.stringContaining('md9') as string,
      });
    });

    it('makes the kernel know that first, and believes only what the kernel then knows', async () => {
      machine.remove('sys/block/nvme0n1/nvme0n1p2');
      machine.exec.on(/^partx/, { code: 1, stderr: 'partx: error adding partition 2' });
      await expect(apply(local())).rejects.toMatchObject({ kind: 'Busy' });
      machine.remove('sys/class/block/nvme0n1p2');
      machine.remove('sys/dev/block/259:102');
      machine.exec.on(/^partx --add --nr 2 \/dev\/nvme0n1$/, () =>
        machine.partition('nvme0n1', 2, { start: 4 * MiB, size: 64 * MiB }),
      );
      machine.exec
        .on(/^dmsetup mknodes/)
        .on(/^dmsetup create/, () => present({ devno: '259:102', slaves: ['nvme0n1p2'] }));
      expect(await apply(local())).toMatchObject({ path: { partitionUuid: partition } });
    });

    it('is not put on a kernel device of another place or size than the table says', async () => {
      machine.write('sys/block/nvme0n1/nvme0n1p2/start', 4096);
      machine.exec.on(/^partx --update/);
      await expect(apply(local())).rejects.toMatchObject({ kind: 'Busy' });
      expect(changes()).toEqual([]);
    });
  });
});
