import type { Host } from '../host';
import { parseMountinfo, type Mount } from '../parse/mountinfo';

/** What is mounted in this process's view, which is the machine's where it matters (the kubelet's folder). */
export async function readMounts({ proc }: Host): Promise<Mount[]> {
  return parseMountinfo((await proc.text('self/mountinfo')) ?? '');
}

/** Everything mounted at a path, the topmost last. */
export const mountsAt = (mounts: readonly Mount[], path: string): Mount[] =>
  mounts.filter((mount) => mount.path === path);

/** Where the file system on a device (major:minor) is mounted. */
export const mountsOf = (mounts: readonly Mount[], devno: string): Mount[] =>
  mounts.filter((mount) => mount.device === devno);

/** Where a device's node itself is bind-mounted: a file of devtmpfs. */
export const bindsOf = (mounts: readonly Mount[], kernelName: string): Mount[] =>
  mounts.filter(({ type, root }) => type === 'devtmpfs' && root === `/${kernelName}`);
