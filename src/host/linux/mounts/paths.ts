import { lstat, mkdir, open, realpath, rm, rmdir } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { HostError } from '../../errors';
import * as door from '../door';
import type { Host } from '../host';

/**
 * A path that may be mounted on: absolute, normal, below one of the roots, and without a symbolic link between the
 * root and its end, so that nothing can lead it elsewhere. The root itself may be a link (a kubelet folder that was
 * moved to another disk).
 */
export function allowedPath(host: Host, field: string, value: string): string {
  const path = door.path(field, value);
  if (rootOf(host, path) !== undefined) return path;
  throw new HostError('Invalid', `${field} is "${path}", which is not below ${host.paths.mountRoots.join(' or ')}`);
}

const rootOf = (host: Host, path: string): string | undefined =>
  host.paths.mountRoots.find((root) => path.startsWith(`${root.replace(/\/$/, '')}/`));

/**
 * Makes the folder (0750) or empty file to mount on, with its parents. Must not be called where something is
 * mounted: what is mounted may hang.
 */
export async function makeMountPoint(host: Host, path: string, kind: 'folder' | 'file'): Promise<void> {
  await makeParents(host, path);
  const found = await lstat(path).catch(unlessMissing);
  if (found) {
    const fits = kind === 'folder' ? found.isDirectory() : found.isFile();
    if (!fits) throw new HostError('Invalid', `${path} is there already and is no ${kind}`);
    return;
  }
  if (kind === 'folder') await mkdir(path, { mode: 0o750 });
  else await (await open(path, 'wx', 0o640)).close();
}

async function makeParents(host: Host, path: string): Promise<void> {
  const root = rootOf(host, path)!.replace(/\/$/, '');
  await realpath(root).catch((error: NodeJS.ErrnoException) => {
    throw new HostError('Invalid', `${root} cannot be used to mount in: ${error.message}`);
  });
  const names = posix
    .relative(root, dirname(path))
    .split('/')
    .filter((name) => name !== '');
  let folder = root;
  for (const name of names) {
    folder = `${folder}/${name}`;
    const found = await lstat(folder).catch(unlessMissing);
    if (!found) await mkdir(folder, { mode: 0o750 });
    else if (!found.isDirectory()) throw new HostError('Invalid', `${folder} on the way to ${path} is no folder`);
  }
}

/** Removes the empty folder or file that something was mounted on; one that is not empty stays. */
export async function removeMountPoint(host: Host, path: string): Promise<void> {
  await requireNoLinks(host, path);
  const found = await lstat(path).catch(unlessMissing);
  if (!found) return;
  if (found.isDirectory()) {
    await rmdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error;
      if (error.code === 'ENOTEMPTY') host.log.warn('mount point stays', { path, reason: 'it is not empty' });
    });
  } else if (found.isFile() && found.size === 0) await rm(path, { force: true });
  else host.log.warn('mount point stays', { path, reason: 'it is no empty file' });
}

/** Throws Invalid when a symbolic link is on the way from the root to the path's last folder. */
export async function requireNoLinks(host: Host, path: string): Promise<void> {
  const root = rootOf(host, path)!.replace(/\/$/, '');
  let folder = root;
  for (const name of posix.relative(root, dirname(path)).split('/')) {
    if (name === '') continue;
    folder = `${folder}/${name}`;
    const found = await lstat(folder).catch(unlessMissing);
    if (!found) return;
    if (!found.isDirectory()) throw new HostError('Invalid', `${folder} on the way to ${path} is no folder`);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
