import { HostError } from '../../errors';
import type { UnmountRequest } from '../../gen/host';
import type { Call } from '../call';
import { CommandError } from '../exec';
import { lockKeys, type Host } from '../host';
import { isOurs } from './device';
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
