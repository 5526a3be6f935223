import type { KubeObject } from '../../api/meta';
import { MalformedEvent, type WatchEvent } from './client';
import { withoutManagedFields } from './managed-fields';
import { apiErrorOf } from './status';

/** No API server sends an object near this size (etcd holds 1.5 MiB); more is not a watch stream. */
const maxLineBytes = 64 * 1024 * 1024;
const newline = 0x0a;

/**
 * The events of a watch response. Ends when the body does; a line the server did not finish is dropped, as
 * what it announced will be sent again. Throws ApiError for an ERROR event, MalformedEvent for anything else
 * that is not an event.
 */
export async function* watchEvents<T extends KubeObject>(body: AsyncIterable<Buffer>): AsyncGenerator<WatchEvent<T>> {
  for await (const line of lines(body)) yield toEvent<T>(line);
}

/** Splits at newlines before decoding, so that a character may lie across two chunks. */
export async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const rest = chunk.subarray(start, end);
      const line = pieces.length > 0 ? Buffer.concat([...pieces, rest]) : rest;
      pieces = [];
      size = 0;
      start = end + 1;
      if (line.length > 0) yield line.toString('utf8');
    }
    if (start === chunk.length) continue;
    pieces.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > maxLineBytes) throw new MalformedEvent(`a watch event is longer than ${maxLineBytes} bytes`);
  }
}

function toEvent<T extends KubeObject>(line: string): WatchEvent<T> {
  const { type, object } = parse(line);
  if (type === 'ERROR') throw apiErrorOf(object, 500);
  const metadata = (object as Partial<KubeObject> | null | undefined)?.metadata;
  if (type === 'BOOKMARK' && metadata?.resourceVersion) {
    return { type, resourceVersion: metadata.resourceVersion };
  }
  if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && metadata?.name) {
    return { type, object: object as T };
  }
  throw malformed(line);
}

function parse(line: string): { type?: unknown; object?: unknown } {
  try {
    const value = JSON.parse(withoutManagedFields(line)) as unknown;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw malformed(line);
}

const malformed = (line: string) =>
  new MalformedEvent(`the API server sent what is not a watch event: ${line.slice(0, 200)}`);
