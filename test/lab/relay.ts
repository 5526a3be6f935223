import type { Socket } from 'node:net';

/** Joins `near` to what `dial` connects to, both ways, half-closes included. Open ends are kept in `sockets`. */
export async function relay(near: Socket, dial: () => Promise<Socket>, sockets: Set<Socket>): Promise<void> {
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  keep(near);
  let far: Socket;
  try {
    far = await dial();
  } catch {
    // The caller sees what it would see on the node: a connection that ends.
    near.destroy();
    return;
  }
  keep(far);
  near.pipe(far);
  far.pipe(near);
  near.on('close', () => far.destroy());
  far.on('close', () => near.destroy());
}
