import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { unauthorized } from '../errors/status';

/** Paths that need no token, as on a real server. */
const open = ['/healthz', '/livez', '/readyz', '/version'];

/**
 * Refuses requests without the right bearer token. Without TLS a request may come without any: kubectl sends
 * no credentials over plain HTTP. A wrong one is refused all the same.
 */
export function authenticate(message: IncomingMessage, path: string, token: string, secure: boolean): void {
  if (open.includes(path)) return;
  const header = message.headers.authorization;
  if (header === undefined && !secure) return;
  const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? '';
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw unauthorized();
}

/** The program's name in its User-Agent: `kubectl/v1.32.4 (linux/amd64)` is kubectl. */
export const clientOf = (message: IncomingMessage): string =>
  (message.headers['user-agent'] ?? '').split(/[/ ]/)[0] || 'unknown';
