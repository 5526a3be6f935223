import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AddMode } from '../../../src/host/gen/host';
import { addArrayMember } from '../../../src/host/linux/arrays/join';
import { memberUUID } from '../../../src/host/dm-names';
import { parseSuperblock } from '../../../src/host/linux/parse/superblock';
import { getStack } from '../../../src/host/linux/stack/get';
import { Machine } from './support/machine';

const uid = randomUUID();
const partition = randomUUID();
const volume = { uid, name: 'vol' };
const dmUUID = memberUUID({ volumeUID: uid, slot: 1, partitionUUID: partition, epoch: 1 });
const local = memberUUID({ volumeUID: uid, slot: 0, partitionUUID: randomUUID(), epoch: 1 });
const old = readFileSync(join(__dirname, '../../fixtures/host/superblock-without-bad-blocks.bin'));
const { arrayUUID, memberUUID: oldMember } = parseSuperblock(old)!;
const newMember = '11111111-2222-3333-4444-555555555555';

/** As mdadm writes it anew: the same array, another member. */
function anew(block: Buffer): Buffer {
  const next = Buffer.from(block);
  const change = Buffer.from(newMember.replaceAll('-', ''), 'hex');
  let sum = BigInt(block.readUInt32LE(216));
  for (let at = 0; at < 16; at += 4) {
    sum += BigInt(change.readUInt32LE(at)) - BigInt(block.readUInt32LE(168 + at));
  }
  change.copy(next, 168);
  next.writeUInt32LE(Number(((sum & 0xffffffffn) + (sum >> 32n)) & 0xffffffffn), 216);
  return next;
}

describe('the identity of a member that is added', () => {
  let machine: Machine;
  let onDrive: Buffer;
  let readable: boolean;
  let signs: { offset: string; type: string }[];

  beforeEach(async () => {
    machine = new Machine();
    onDrive = old;
    readable = true;
    signs = [];
    await machine.host.autoAssembly.ensure();
    machine.import(3, { uid, partition });
    machine.dm(0, { name: 'meshstor-vol-m0', uuid: local });
    machine.dm(1, { name: 'meshstor-vol-m1', uuid: dmUUID, slaves: ['nvme3n1'] });
    machine.md(127, { uuid: arrayUUID, members: { 'dm-0': { slot: 0, state: 'in_sync' } } });
    const found = (name: string, devno: string, state: string) =>
      `Name: ${name}\nState: ACTIVE\nOpen count: 1\n\n0 131072 multipath 2 0 0 0 1 1 A 0 1 0 ${devno} ${state} 0\n`;
    const table = 'multipath 3 queue_if_no_path queue_mode bio 0 1 1 round-robin 0 1 1';
    machine.exec
      .on(
        /^dmsetup status/,
        () => `${found('meshstor-vol-m0', '259:9', 'F')}\n${found('meshstor-vol-m1', '259:3', 'A')}`,
      )
      .on(/^dmsetup table/, `meshstor-vol-m0: 0 131072 ${table} 259:9 1\nmeshstor-vol-m1: 0 131072 ${table} 259:3 1\n`)
      .on(/^dd if=\/dev\/nvme3n1 .* skip=4096 /, () => (readable ? onDrive : { code: 1, stderr: 'dd: error reading' }))
      .on(/^mdadm --zero-superblock/)
      .on(/^wipefs/, () => JSON.stringify({ signatures: signs }))
      .on(/^mdadm --manage .* --add/, () => joins());
  });
  afterEach(() => machine.end());

  const joins = (): void => {
    onDrive = anew(old);
    machine.writeAll('sys/block/md127/md/dev-dm-1', { slot: 1, state: 'in_sync' });
    machine.folder('sys/block/dm-1/holders/md127');
  };
  const look = () => getStack(machine.host, { volumeUid: uid }, machine.call());
  const member = async () => {
    const { array, members } = await look();
    const { path, superblock } = members.find(({ slot }) => slot === 1)!;
    return {
      ofArray: array!.members.find(({ slot }) => slot === 1)?.memberUuid,
      path,
      ofMember: superblock?.memberUuid,
    };
  };
  const add = () => {
    const request = { volume, slot: 1, arrayUuid: arrayUUID, mode: AddMode.FULL, writeMostly: false };
    return addArrayMember(machine.host, request, machine.call());
  };

  it('is the new one', async () => {
    expect((await member()).ofMember).toBe(oldMember);
    await add();
    expect(await member()).toMatchObject({ ofArray: newMember, ofMember: newMember });
  });

  it('is unknown, and not the old one, as long as it cannot be read', async () => {
    await member();
    machine.exec.on(/^mdadm --manage .* --add/, () => {
      joins();
      readable = false;
    });
    await add();
    expect(await member()).toEqual({ ofArray: '', path: undefined, ofMember: undefined });
    readable = true;
    expect(await member()).toMatchObject({ ofArray: newMember, ofMember: newMember });
  });

  it('is unknown after an attempt that failed', async () => {
    await member();
    machine.exec.on(/^mdadm --manage .* --add/, () => {
      joins();
      throw new Error('killed');
    });
    await expect(add()).rejects.toThrow('killed');
    expect(machine.host.superblocks.get(dmUUID)).toBeUndefined();
  });

  it('of another array stays, and is not erased', async () => {
    const stranger = randomUUID();
    machine.write('sys/block/md127/md/uuid', stranger);
    const request = { volume, slot: 1, arrayUuid: stranger, mode: AddMode.FULL, writeMostly: false };
    await expect(addArrayMember(machine.host, request, machine.call())).rejects.toMatchObject({ kind: 'Foreign' });
    expect(machine.exec.matching(/^mdadm/)).toEqual([]);
  });

  it('is not given to what holds a signature of somebody else and was never a member', async () => {
    onDrive = Buffer.alloc(4096);
    signs = [{ offset: '0xff6', type: 'swap' }];
    await expect(add()).rejects.toMatchObject({ kind: 'Foreign', message: expect.stringContaining('swap') as string });
    signs = [];
    machine.exec.on(/^wipefs/, { code: 1, stderr: 'wipefs: Input/output error' });
    await expect(add()).rejects.toMatchObject({ kind: 'Unreachable' });
    expect(machine.exec.matching(/^mdadm/)).toEqual([]);
  });

  it('is the new one also where the volume left what looks like a signature among its content', async () => {
    onDrive = Buffer.alloc(4096);
    signs = [{ offset: '0x3fffe00', type: 'gpt' }];
    await add();
    expect(await member()).toMatchObject({ ofArray: newMember });
  });

  it('is not what a read brings that began before', async () => {
    let answer!: () => void;
    machine.exec.on(
      /^dd if=\/dev\/nvme3n1 .* skip=4096 /,
      () => new Promise((resolve) => (answer = () => resolve(old))),
    );
    const slow = look();
    while (!answer) await new Promise(setImmediate);
    machine.exec.on(/^dd if=\/dev\/nvme3n1 .* skip=4096 /, () => (readable ? onDrive : { code: 1 }));
    machine.exec.on(/^mdadm --manage .* --add/, () => {
      joins();
      readable = false;
    });
    await add();
    answer();
    expect((await slow).members.find(({ slot }) => slot === 1)).toMatchObject({
      path: undefined,
      superblock: undefined,
    });
    expect(machine.host.superblocks.get(dmUUID)).toBeUndefined();
  });
});
