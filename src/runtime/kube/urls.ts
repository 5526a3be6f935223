import { apiVersionOf, type Resource } from '../../api/meta';
import type { ListOptions, WatchOptions } from './client';

type Query = Record<string, string | number | boolean | undefined>;

/** `/apis/group/version/plural`, with the namespace where one is given. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = `${resource.group ? '/apis' : '/api'}/${apiVersionOf(resource)}`;
  if (!resource.namespaced || namespace === undefined) return `${root}/${resource.plural}`;
  return `${root}/namespaces/${segment('namespace', namespace)}/${resource.plural}`;
}

/** The path of one object. Throws when a namespaced object is named without its namespace. */
export function objectPath(resource: Resource, name: string, namespace?: string, subresource?: string): string {
  if (resource.namespaced && !namespace) throw new Error(`${resource.kind} ${name}: its namespace is missing`);
  const path = `${collectionPath(resource, namespace)}/${segment('name', name)}`;
  return subresource ? `${path}/${subresource}` : path;
}

export function listQuery(options: ListOptions): string {
  const { labelSelector, fieldSelector, limit, continue: token, resourceVersion } = options;
  // A continue token already carries the version; the server refuses both.
  return query({ labelSelector, fieldSelector, limit, continue: token, resourceVersion: token ? '' : resourceVersion });
}

export function watchQuery({ labelSelector, fieldSelector, resourceVersion, timeoutSeconds }: WatchOptions): string {
  const bookmarks = { watch: true, allowWatchBookmarks: true };
  return query({ ...bookmarks, labelSelector, fieldSelector, resourceVersion, timeoutSeconds });
}

/** `?a=b&c=d` of the values that are set; empty when none is. */
export function query(values: Query): string {
  const pairs = Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== '' && value !== false)
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/** Encoded for a path. '.' and '..' would name another object after normalisation, and so are refused. */
function segment(what: string, value: string): string {
  if (value === '' || value === '.' || value === '..') throw new Error(`'${value}' cannot be a ${what} in Kubernetes`);
  return encodeURIComponent(value);
}
