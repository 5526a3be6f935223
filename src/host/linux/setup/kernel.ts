import { access } from 'node:fs/promises';
import type { Call } from '../call';
import { CommandError, type Argv } from '../exec';
import type { Host } from '../host';

const modules = ['configfs', 'nvmet', 'nvmet-tcp', 'nvme-tcp', 'dm-multipath', 'dm-round-robin', 'raid1', 'raid10'];
const rdmaModules = ['nvmet-rdma', 'nvme-rdma'];

/**
 * Loads what the verbs need and sees what is missing, as sentences. A module that is built in cannot be loaded and
 * need not be, so what counts is what the kernel can do afterwards.
 */
export async function prepareKernel(host: Host, call: Call): Promise<string[]> {
  const hasRdma = (await host.sysfs.list('class/infiniband')).length > 0;
  for (const name of hasRdma ? [...modules, ...rdmaModules] : modules)
    await attempt(host, ['modprobe', '--quiet', name], call);
  if (!(await exists(host.paths.nvmet))) {
    const configfs = `${host.paths.sys}/kernel/config`;
    await attempt(host, ['mount', '-t', 'configfs', 'configfs', configfs], call);
  }
  const missing: string[] = [];
  if (!(await exists(host.paths.nvmet))) missing.push(`no NVMe target: ${host.paths.nvmet} does not exist`);
  if (!(await exists(`${host.paths.dev}/nvme-fabrics`)))
    missing.push('no NVMe-oF initiator: /dev/nvme-fabrics does not exist');
  const targets = await host.exec.run(['dmsetup', 'targets'], { call, accept: [0, 1], readOnly: true });
  if (!targets.stdout.toString().includes('multipath')) missing.push('device-mapper has no multipath target');
  if ((await host.sysfs.text('module/nvme_core/parameters/multipath')) === 'N') {
    missing.push('nvme_core.multipath is off: a fenced import cannot be told from a broken one');
  }
  return missing;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function attempt({ exec, log }: Host, argv: Argv, call: Call): Promise<void> {
  try {
    await exec.run(argv, { call });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    log.debug('not done', { argv, stderr: error.stderr.trim() });
  }
}
