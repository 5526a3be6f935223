import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArrayLevel } from '../../../src/host/gen/host';
import { createArray } from '../../../src/host/linux/arrays/create';
import { memberUUID } from '../../../src/host/dm-names';
import { lockKeys } from '../../../src/host/linux/host';
import { parseSuperblock } from '../../../src/host/linux/parse/superblock';
import { removeMember } from '../../../src/host/linux/stack/remove-member';
import { Machine } from './support/machine';

const uid = randomUUID();
const partition = randomUUID();
const volume = { uid, name: 'vol' };
const superblock = readFileSync(join(__dirname, '../../fixtures/host/superblock-without-bad-blocks.bin'));
const { arrayUUID } = parseSuperblock(superblock)!;

/** What is left when mdadm ends between giving md the members and starting the array. */
describe('an array that never came to run', () => {
  let machine: Machine;
  const md = (state: string) =>
    machine.md(127, { uuid: arrayUUID, state, members: { 'dm-1': { slot: 0, state: 'in_sync' } } });

  beforeEach(async () => {
    machine = new Machine();
    await machine.host.autoAssembly.ensure();
    machine.import(3, { uid, partition });
    const dmUUID = memberUUID({ volumeUID: uid, slot: 1, partitionUUID: partition, epoch: 1 });
    machine.dm(1, { name: 'meshstor-vol-m1', uuid: dmUUID, slaves: ['nvme3n1'] });
    md('inactive');
    machine.exec
      .on(
        /^dmsetup status/,
        'Name: meshstor-vol-m1\nState: ACTIVE\n\n0 131072 multipath 2 0 0 0 1 1 A 0 1 0 259:3 A 0\n',
      )
      .on(/^dmsetup table/, '0 131072 multipath 3 queue_if_no_path queue_mode bio 0 1 1 round-robin 0 1 1 259:3 1')
      .on(/^dmsetup message/)
      .on(/^dmsetup remove/, () => machine.remove('sys/block/dm-1'))
      .on(/^mdadm --stop \/dev\/md127$/, () => {
        machine.remove('sys/block/md127');
        machine.remove('sys/dev/block/9:127');
        machine.remove('sys/block/dm-1/holders/md127');
      })
      .on(/^mdadm --zero-superblock/)
      .on(/^mdadm --create/, () => md('clean'))
      .on(/^blkid/, { code: 2 })
      .on(/^dd if=.* skip=4096 /, superblock)
      .on(/^dd if=.* skip=(?!4096 )/, (argv) => Buffer.alloc(Number(/count=(\d+)/.exec(argv.join(' '))![1])));
  });
  afterEach(() => machine.end());

  const steps = () => machine.exec.matching(/^(mdadm|dmsetup remove)/).map((line) => line.split(' ', 2).join(' '));

  it('does not keep its members from being taken down', async () => {
    await removeMember(machine.host, { volume, slot: 1 }, machine.call());
    expect(steps()).toEqual(['mdadm --stop', 'dmsetup remove']);
  });

  it('is made from the beginning', async () => {
    const request = { volume, arrayUuid: arrayUUID, level: ArrayLevel.RAID1, raidDevices: 2, near: 2 };
    await createArray(machine.host, { ...request, slots: [1, -1], writeMostlySlots: [] }, machine.call());
    expect(steps()).toEqual(['mdadm --stop', 'mdadm --zero-superblock', 'mdadm --create']);
  });

  it('is left alone when it runs by the time its turn comes', async () => {
    let waiting: Promise<void> | undefined;
    await machine.host.locks.run(lockKeys.array(uid), machine.call(), async () => {
      const call = machine.call();
      waiting = expect(removeMember(machine.host, { volume, slot: 1 }, call)).rejects.toMatchObject({ kind: 'Busy' });
      // Its deadline is set when it waits for the lock.
      while (machine.clock.pending === 0) await new Promise(setImmediate);
      machine.write('sys/block/md127/md/array_state', 'clean');
    });
    await waiting;
    expect(steps()).toEqual([]);
  });
});
