import type { ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import { ConnectionReset } from '../hooks/faults';
import { StatusError, toStatus } from '../errors/status';
import type { Json, JsonObject } from '../object/json';
import type { Result } from '../request/request';
import { renderList, renderObject, type Rendering } from './render';
import { writeStream } from './stream';

export function sendJson(response: ServerResponse, code: number, body: string): void {
  response.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

export const sendDocument = (
  response: ServerResponse,
  document: JsonObject,
  contentType = 'application/json',
): void => {
  const body = JSON.stringify(document);
  response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
};

/** As the real server answers for a path that belongs to no group. */
export function sendNotFound(response: ServerResponse): void {
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
}

/** A refusal as metav1.Status; a broken connection as just that. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (error instanceof ConnectionReset || response.headersSent) {
    response.destroy();
    return;
  }
  const status = toStatus(error);
  const retry = error instanceof StatusError ? error.details?.retryAfterSeconds : undefined;
  if (retry) response.setHeader('Retry-After', String(retry));
  sendJson(response, status.code as number, `${JSON.stringify(status)}\n`);
}

/** Writes what a request came to. `rendering` is asked anew for each piece of a watch, so that ages are true. */
export async function sendResult(response: ServerResponse, result: Result, rendering: () => Rendering): Promise<void> {
  switch (result.kind) {
    case 'object':
      for (const text of result.warnings ?? []) addWarning(response, text);
      sendBody(response, result.code, renderObject(rendering(), result.object), rendering());
      return;
    case 'answer':
      sendBody(response, result.code, JSON.stringify(result.body), rendering());
      return;
    case 'list':
      await sendList(response, rendering(), result);
      return;
    case 'watch':
      response.writeHead(200, { 'Content-Type': 'application/json' });
      await writeStream(response, result.stream, rendering);
  }
}

export function addWarning(response: ServerResponse, text: string): void {
  const known = response.getHeader('Warning');
  const warnings = Array.isArray(known) ? known : known === undefined ? [] : [String(known)];
  response.setHeader('Warning', [...warnings, `299 - ${JSON.stringify(text)}`]);
}

function sendBody(response: ServerResponse, code: number, json: string, { format }: Rendering): void {
  if (format.encoding === 'json') {
    sendJson(response, code, `${json}\n`);
    return;
  }
  const body = stringify(JSON.parse(json) as Json);
  response.writeHead(code, { 'Content-Type': 'application/yaml', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

async function sendList(
  response: ServerResponse,
  rendering: Rendering,
  result: Extract<Result, { kind: 'list' }>,
): Promise<void> {
  if (rendering.format.encoding === 'yaml') {
    let json = '';
    for await (const piece of renderList(rendering, result)) json += piece;
    sendBody(response, 200, json, rendering);
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  for await (const piece of renderList(rendering, result)) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

/** Resolves when more can be written, or when nobody reads any more. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
