import { setImmediate } from 'node:timers/promises';
import { apiVersionOf } from '../registry/resource';
import { metadataOnly, tableHead, tableOf, tableRow, type Include, type TableOptions } from '../print/table';
import type { ListResult, Request } from '../request/request';
import type { Stored } from '../store/stored';
import type { Format } from './negotiate';

/** What decides how objects are written: the request, the agreed format, and the time for ages. */
export interface Rendering {
  readonly request: Request;
  readonly format: Format;
  readonly include: Include;
  readonly now: number;
}

const metaVersion = ({ format }: Rendering): string => `meta.k8s.io/${format.version}`;

const tableOptions = (rendering: Rendering, headers: boolean): TableOptions => ({
  include: rendering.include,
  apiVersion: metaVersion(rendering),
  headers,
  now: rendering.now,
});

/** One object as JSON. The plain form is made once per version of the object and shared. */
export function renderObject(rendering: Rendering, stored: Stored, headers = true): string {
  const { request, format } = rendering;
  if (format.as === 'table') return JSON.stringify(tableOf(request.version, stored, tableOptions(rendering, headers)));
  if (format.as === 'metadata') return JSON.stringify(metadataOnly(stored.object.metadata, metaVersion(rendering)));
  return stored.json;
}

/** Items of built-in kinds do not say what they are: the list does. */
function renderItem(rendering: Rendering, stored: Stored): string {
  const json = renderObject(rendering, stored);
  if (rendering.format.as !== 'object' || !rendering.request.type.strategy.typed) return json;
  const { apiVersion, kind } = stored.object;
  // Every object begins with these two.
  const start = `{"apiVersion":${JSON.stringify(apiVersion)},"kind":${JSON.stringify(kind)},`;
  return json.startsWith(start) ? `{${json.slice(start.length)}` : json;
}

/** About what a socket takes at once; between pieces other requests get their turn. */
const pieceSize = 128 * 1024;

/** A list as pieces of JSON. */
export async function* renderList(rendering: Rendering, result: ListResult): AsyncGenerator<string> {
  const { request, format } = rendering;
  const { type, version } = request;
  const metadata = JSON.stringify({
    resourceVersion: String(result.revision),
    ...(result.continue ? { continue: result.continue } : {}),
    ...(result.remaining ? { remainingItemCount: result.remaining } : {}),
  });
  const table = format.as === 'table';
  const [kind, apiVersion] = table
    ? ['Table', metaVersion(rendering)]
    : format.as === 'metadata'
      ? ['PartialObjectMetadataList', metaVersion(rendering)]
      : [type.listKind, apiVersionOf(type, version.name)];
  let piece = `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${metadata},`;
  piece += table ? `"columnDefinitions":${JSON.stringify(tableHead(version.columns))},"rows":[` : '"items":[';
  const options = tableOptions(rendering, true);
  let separator = '';
  for (const stored of result.items) {
    piece += separator + (table ? JSON.stringify(tableRow(version, stored, options)) : renderItem(rendering, stored));
    separator = ',';
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = '';
    await setImmediate();
  }
  yield `${piece}]}\n`;
}
