import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { LabNode } from '../lab';

/** A Unix socket of this machine at `path` that leads to one of the node; each connection dials anew. */
export async function relaySocket(node: LabNode, socketPath: string, path: string): Promise<Server> {
  const [host, port] = (await node.forwardSocket(socketPath)).split(':');
  return relayTo(path, () => createConnection({ host: host!, port: Number(port) }));
}

/** A Unix socket of this machine that leads wherever `dial` does. */
function relayTo(path: string, dial: () => Socket): Promise<Server> {
  const server = createServer((near) => {
    const far = dial();
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  return new Promise((resolve) => server.listen(path, () => resolve(server)));
}
