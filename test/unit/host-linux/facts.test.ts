import { getNodeFacts } from '../../../src/host/linux/setup/facts';
import { Machine } from './support/machine';

describe('the facts of a node', () => {
  let machine: Machine;
  const facts = (findings: string[] = []) => getNodeFacts(machine.host, machine.call(), findings);

  beforeEach(async () => {
    machine = new Machine();
    machine.write('proc/sys/kernel/osrelease', '5.15.0');
    machine.write('proc/sys/kernel/random/boot_id', 'boot-1');
    machine.exec.on(/^mdadm --version/, { stderr: 'mdadm - v4.4 - 2024-11-07' });
    await machine.host.autoAssembly.ensure();
  });
  afterEach(() => machine.end());

  it('name an old kernel and leave the judgement to the node process, which may have been told to accept it', async () => {
    expect(await facts()).toEqual({ kernel: '5.15.0', mdadm: '4.4', rdma: false, warnings: [], bootId: 'boot-1' });
  });

  it('say what was found at the start', async () => {
    const found = 'array md0 was started by somebody else';
    expect((await facts([found])).warnings).toEqual([found]);
  });

  it('say that others may start arrays, as long as that could not be ruled out', async () => {
    machine.remove('etc');
    machine.write('etc', 'a file where the folder of mdadm.conf should be');
    await machine.host.autoAssembly.ensure();
    expect((await facts()).warnings).toEqual([expect.stringContaining('mdadm may start arrays by itself')]);
  });
});
