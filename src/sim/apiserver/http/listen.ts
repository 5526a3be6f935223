import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createApiServer, type ApiServer, type ServerOptions } from '../server';
import { Front } from './front';
import { kubeconfigFor } from './kubeconfig';
import { selfSigned, type Certificate } from './tls/certificate';

export interface ListenOptions extends ServerOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. Anything else is reachable by others: use TLS there. */
  readonly host?: string;
  /** Bearer token of the one user there is. Default: a new random one. */
  readonly token?: string;
  /** Serve HTTPS: with this certificate, or with one that is made for the occasion. */
  readonly tls?: Certificate | true;
}

export interface RunningApiServer extends Omit<ApiServer, 'close'> {
  /** `http://127.0.0.1:39157` */
  readonly url: string;
  readonly token: string;
  /** The text of a kubeconfig for this server. */
  kubeconfig(): string;
  /** Ends all watches and connections. Resolves when the port is free again. */
  close(): Promise<void>;
}

/** Starts a server on a port. Rejects when the port cannot be had. */
export async function startApiServer(options: ListenOptions = {}): Promise<RunningApiServer> {
  const { port = 0, host = '127.0.0.1', token = randomBytes(24).toString('hex') } = options;
  const server = createApiServer(options);
  const certificate =
    options.tls === true ? selfSigned([host, 'localhost', 'kubernetes'], server.core.clock.now()) : options.tls;
  const front = new Front(server, token, certificate !== undefined);
  const listener: RequestListener = (message, response) => void front.answer(message, response);
  const sockets = certificate ? createSecureServer(certificate, listener) : createServer(listener);
  // Watches may be silent for as long as they like.
  sockets.requestTimeout = 0;
  await listening(sockets, port, host);
  const address = sockets.address() as AddressInfo;
  const url = `${certificate ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  return {
    ...server,
    url,
    token,
    kubeconfig: () => kubeconfigFor(url, token, certificate?.cert),
    close: () => {
      server.close();
      return closed(sockets);
    },
  };
}

function listening(sockets: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    sockets.once('error', reject);
    sockets.listen(port, host, () => {
      sockets.off('error', reject);
      resolve();
    });
  });
}

function closed(sockets: Server): Promise<void> {
  return new Promise((resolve) => {
    sockets.close(() => resolve());
    sockets.closeAllConnections();
  });
}
