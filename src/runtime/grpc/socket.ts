import { chmod, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';

/** sockaddr_un holds 108 bytes, the last of which is zero. */
const maxPathBytes = 107;

/** Throws unless a Unix socket can have this path. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (!path.startsWith('/')) throw new Error(`socket path ${path}: must be absolute`);
  if (bytes <= maxPathBytes) return;
  throw new Error(
    `socket path ${path}: has ${bytes} bytes, a Unix socket takes ${maxPathBytes}; choose a shorter folder`,
  );
}

/** Permissions; 'leave' takes what is there. */
export type Mode = number | 'leave';

/**
 * Makes way for a server's socket: the folder exists with the mode, and nobody else answers at the path.
 * Throws when somebody does, or when what is there is no socket.
 */
export async function prepareSocket(path: string, directoryMode: Mode): Promise<void> {
  checkSocketPath(path);
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, ...(directoryMode === 'leave' ? {} : { mode: directoryMode }) });
  if (directoryMode !== 'leave') await chmod(folder, directoryMode);
  const there = await lstat(path).catch(() => undefined);
  if (!there) return;
  if (!there.isSocket())
    throw new Error(`socket path ${path}: something that is no socket is there; remove it by hand`);
  if (await answers(path))
    throw new Error(`socket path ${path}: another server answers there; is the process already running?`);
}

let bound = 0;

/** Where to bind before the socket has its mode: short, and no other server's. */
export const temporaryPath = (path: string): string => `${dirname(path)}/.${process.pid}-${++bound}`;

/**
 * Moves a socket that is listened on into place with its mode, over a stale one: nobody ever meets it with
 * other permissions, or before it answers. Returns its inode number.
 */
export async function publishSocket(from: string, to: string, mode: Mode): Promise<number> {
  if (mode !== 'leave') await chmod(from, mode);
  const { ino } = await lstat(from);
  await rename(from, to);
  return ino;
}

/** Removes the socket unless another server's has taken its place. */
export async function withdrawSocket(path: string, inode: number): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.ino === inode) await rm(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else
        reject(
          new Error(`socket path ${path}: cannot tell whether a server answers there: ${error.message}`, {
            cause: error,
          }),
        );
    });
  });
}
