import { once } from 'node:events';
import { createConnection, createServer, type Server } from 'node:net';

/** Runs `work` while no other process of this machine is inside the same lock. */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = await acquire(`\0${name}`);
  try {
    return await work();
  } finally {
    lock.server.close();
    for (const socket of lock.waiting) socket.destroy();
  }
}

/** An abstract socket is the lock: whoever listens holds it, and it ends with the process at the latest. */
async function acquire(path: string): Promise<{ server: Server; waiting: Set<{ destroy(): void }> }> {
  for (;;) {
    const waiting = new Set<{ destroy(): void }>();
    const server = createServer((socket) => waiting.add(socket.on('error', () => socket.destroy())));
    try {
      server.listen(path);
      await once(server, 'listening');
      return { server, waiting };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
    const holder = createConnection(path);
    holder.on('error', () => holder.destroy());
    await new Promise((resolve) => holder.once('close', resolve));
  }
}
