import { badRequest, expired } from '../errors/status';
import type { Stored } from '../store/stored';
import type { View } from '../store/table';
import type { Core } from './core';
import { notFromTheFuture, viewFor } from './get';
import { decodeToken, encodeToken, pageExpired } from './page';
import type { ListResult, Request } from './request';
import { selectionOf, type Selection } from './selection';
import { inVersion } from './view';

/** All pages of one list show the state of its first page. */
export function list(core: Core, request: Request): ListResult {
  const { type, version } = request;
  const { view, revision, after, limit } = begin(core, request);
  const selected = selectionOf(request);
  const items: Stored[] = [];
  let last = '';
  let more: Continuation | undefined;
  for (const [key, stored] of view.range(selected.prefix, after)) {
    if (!selected.matches(stored.object)) continue;
    if (limit > 0 && items.length === limit) {
      more = continuation(view, selected, revision, last);
      break;
    }
    items.push(inVersion(type, version.name, stored));
    last = key;
  }
  return { kind: 'list', items, revision, ...more };
}

type Continuation = Pick<ListResult, 'continue' | 'remaining'>;

/** How many are left is only known where nothing narrows the list. */
function continuation(view: View, selected: Selection, revision: number, last: string): Continuation {
  const token = encodeToken({ revision, start: last });
  if (selected.narrowed) return { continue: token };
  return { continue: token, remaining: view.count(selected.prefix, last) };
}

interface Start {
  readonly view: View;
  readonly revision: number;
  /** The list starts behind this key. */
  readonly after: string;
  /** 0 for no limit. */
  readonly limit: number;
}

function begin(core: Core, request: Request): Start {
  const { options, type } = request;
  const table = core.store.table(type.table);
  const limit = options.limit ?? 0;
  if (options.continue) {
    if (options.resourceVersion && options.resourceVersion !== '0')
      throw badRequest('specifying resource version is not allowed when using continue');
    const { revision, start } = decodeToken(options.continue);
    if (revision === 'any') return { view: table, revision: core.store.revision, after: start, limit };
    const view = table.at(revision);
    if (!view) throw pageExpired(start);
    return { view, revision, after: start, limit };
  }
  notFromTheFuture(core, request);
  if (options.resourceVersionMatch === 'Exact') return atExactly(core, request, limit);
  const revision = Math.min(request.asOf ?? Infinity, core.store.revision);
  // As from the real server's watch cache: whoever accepts any version gets everything at once.
  return { view: viewFor(core, request), revision, after: '', limit: options.resourceVersion === '0' ? 0 : limit };
}

function atExactly({ store }: Core, { options, type }: Request, limit: number): Start {
  const revision = Number(options.resourceVersion ?? 0);
  const view = store.table(type.table).at(revision);
  if (!view || revision === 0) throw expired(`The resourceVersion for the provided list is too old.`);
  return { view, revision, after: '', limit };
}
