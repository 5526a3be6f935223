import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { diskGUID, exportNQN, hostIdentity, namespaceUUID, partitionLabel } from '../../../src/api/identity';
import { ApplyExportRequest, Transport } from '../../../src/host/gen/host';
import { applyExport } from '../../../src/host/linux/exports/apply';
import { Machine } from './support/machine';

const MiB = 1024 ** 2;
const uid = randomUUID();
const uuid = randomUUID();
const nqn = exportNQN(uid, uuid, 1);

describe('an export', () => {
  let machine: Machine;

  beforeEach(() => {
    machine = new Machine();
    const id = machine.drive(0);
    machine.write('proc/sys/kernel/random/boot_id', 'boot');
    machine.write('sys/block/nvme0n1/diskseq', 7);
    machine.partition('nvme0n1', 2, { start: 4 * MiB, size: 64 * MiB });
    const entry = { node: '/dev/nvme0n1p2', start: 8192, size: 131072, uuid, name: partitionLabel(uid) };
    const partitiontable = {
      ...{ label: 'gpt', id: diskGUID(id).toUpperCase(), device: '/dev/nvme0n1', sectorsize: 512 },
      partitions: [entry],
    };
    machine.exec.on(/^sfdisk --json/, JSON.stringify({ partitiontable }));
    // What the kernel makes along with a subsystem and a port.
    for (const folder of ['namespaces', 'allowed_hosts']) machine.folder(`nvmet/subsystems/${nqn}/${folder}`);
    for (const folder of ['ana_groups', 'subsystems']) machine.folder(`nvmet/ports/1/${folder}`);
    machine.exec.on(/^dd of=.*\/enable /, (_argv, { input }) => {
      machine.write(`nvmet/subsystems/${nqn}/namespaces/1/enable`, input!);
    });
  });
  afterEach(() => machine.end());

  const apply = (driveSession = '') => {
    const request = ApplyExportRequest.fromPartial({
      ...{ partitionUuid: uuid, nqn, namespaceUuid: namespaceUUID(uuid, 1), driveSession },
      hostNqns: [hostIdentity('node1').hostNQN],
      endpoint: { transport: Transport.TCP, address: '10.0.0.2', port: 4420 },
    });
    return applyExport(machine.host, request, machine.call());
  };
  const reachable = () => readdirSync(join(machine.root, 'nvmet/ports/1/subsystems'));
  const enabled = () => machine.host.nvmet.text(`subsystems/${nqn}/namespaces/1/enable`);

  it.each([
    ['any session', ''],
    ['the session it is in', 'boot.7'],
  ])('that may be made in %s of its drive can be reached', async (_what, session) => {
    expect(await apply(session)).toMatchObject({ nqn, partitionUuid: uuid, fenced: false });
    expect(reachable()).toEqual([nqn]);
  });

  it.each([
    ['any session', ''],
    ['one session', 'boot.7'],
  ])(
    'that may be made in %s is ended when another drive had the name as the kernel opened it',
    async (_what, asked) => {
      machine.exec.on(/^dd of=.*\/enable /, (_argv, { input }) => {
        if (input === '1') machine.write('sys/block/nvme0n1/diskseq', 8);
        machine.write(`nvmet/subsystems/${nqn}/namespaces/1/enable`, input!);
      });
      await expect(apply(asked)).rejects.toMatchObject({ kind: 'Unreachable' });
      expect(await enabled()).toBe('0');
      expect(reachable()).toEqual([]);
    },
  );
});
