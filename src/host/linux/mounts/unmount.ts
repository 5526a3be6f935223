import { HostError } from '../../errors';
import type { GetPathStatsRequest, PathStats, UnmountRequest } from '../../gen/host';
import type { Call } from '../call';
import { parseDmUUID } from '../../dm-names';
import { CommandError } from '../exec';
import { lockKeys, type Host } from '../host';
import type { Mount } from '../parse/mountinfo';
import { parseStatfs, statfsFormat } from '../parse/statfs';
import { allowedPath, removeMountPoint } from './paths';
import { mountsAt, readMounts } from './table';

/** Mounts that can lie on top of each other at one path. More is not our doing. */
const maxStacked = 16;

/** Never lazily: what is still in use stays mounted, and is said to be. */
export async function unmount(host: Host, request: UnmountRequest, call: Call): Promise<object> {
  const path = allowedPath(host, 'path', request.path);
  return host.locks.run(lockKeys.path(path), call, async () => {
    for (let layer = 0; layer < maxStacked; layer++) {
      const top = mountsAt(await readMounts(host), path).at(-1);
      if (!top) {
        await removeMountPoint(host, path);
        return {};
      }
      if (!(await isOurs(host, top))) throw new HostError('Foreign', `${top.source} at ${path} is no volume's`);
      await unmountTop(host, path, call);
    }
    throw new HostError('Busy', `${path} is mounted again as often as it is unmounted`);
  });
}

async function unmountTop(host: Host, path: string, call: Call): Promise<void> {
  try {
    await host.exec.run(['umount', '--no-canonicalize', '--', path], { call });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.stderr.includes('not mounted')) return;
    if (error.stderr.includes('busy')) throw new HostError('Busy', `${path} is in use`, { cause: error });
    throw error;
  }
}

/** A volume's file system, or the node of its device. */
async function isOurs(host: Host, mount: Mount): Promise<boolean> {
  const dm = await deviceFolder(host, mount);
  return parseDmUUID((dm && (await host.sysfs.text(`${dm}/dm/uuid`))) ?? '') !== undefined;
}

/** Folder in sysfs of the device that is mounted, or whose node is. */
async function deviceFolder({ sysfs }: Host, { type, root, device }: Mount): Promise<string | undefined> {
  if (type === 'devtmpfs') return /^\/dm-\d+$/.test(root) ? `block${root}` : undefined;
  const name = (await sysfs.link(`dev/block/${device}`))?.split('/').at(-1);
  return name === undefined ? undefined : `block/${name}`;
}

/** Asked from a process: a file system that hangs keeps whoever asks. */
export async function getPathStats(host: Host, request: GetPathStatsRequest, call: Call): Promise<PathStats> {
  const path = allowedPath(host, 'path', request.path);
  const top = mountsAt(await readMounts(host), path).at(-1);
  if (!top) throw new HostError('NotFound', `nothing is mounted at ${path}`);
  if (!(await isOurs(host, top))) throw new HostError('Foreign', `${top.source} at ${path} is no volume's`);
  if (top.type === 'devtmpfs') {
    const sectors = await host.sysfs.number(`${await deviceFolder(host, top)}/size`);
    return { ...emptyStats, totalBytes: (sectors ?? 0) * 512, block: true };
  }
  const options = { call, subject: `mount ${path}`, readOnly: true };
  const { stdout } = await host.exec.run(['stat', '--file-system', `--format=${statfsFormat}`, '--', path], options);
  return { ...parseStatfs(stdout.toString()), block: false };
}

const emptyStats = { availableBytes: 0, usedBytes: 0, totalInodes: 0, availableInodes: 0, usedInodes: 0 };
