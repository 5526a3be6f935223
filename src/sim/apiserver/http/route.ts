/** What a path of the API names. */
export type Route =
  | ResourceRoute
  /** Discovery: of everything, one group, or one version of one group. */
  | { readonly kind: 'legacy' }
  | { readonly kind: 'groups' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'resources'; readonly group: string; readonly version: string }
  | { readonly kind: 'openapi2' }
  | { readonly kind: 'openapi3'; readonly path: string }
  | { readonly kind: 'health' }
  | { readonly kind: 'version' };

export interface ResourceRoute {
  readonly kind: 'resource';
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

const fixed: Record<string, Route> = {
  '/api': { kind: 'legacy' },
  '/apis': { kind: 'groups' },
  '/version': { kind: 'version' },
  '/openapi/v2': { kind: 'openapi2' },
  '/healthz': { kind: 'health' },
  '/livez': { kind: 'health' },
  '/readyz': { kind: 'health' },
};

/** Undefined for a path that is no part of the API. Throws URIError on a malformed one. */
export function route(pathname: string): Route | undefined {
  const path = pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname;
  const known = fixed[path];
  if (known) return known;
  const parts = path.slice(1).split('/').map(decodeURIComponent);
  if (parts[0] === 'openapi' && parts[1] === 'v3') return { kind: 'openapi3', path: parts.slice(2).join('/') };
  if (parts[0] === 'api' && parts[1]) return versioned('', parts[1], parts.slice(2));
  if (parts[0] !== 'apis' || !parts[1]) return undefined;
  return parts[2] ? versioned(parts[1], parts[2], parts.slice(3)) : { kind: 'group', group: parts[1] };
}

/** Parts of a single namespace that are not resources in it. */
const ofNamespaces = ['status', 'finalize'];

function versioned(group: string, version: string, rest: string[]): Route | undefined {
  if (rest.length === 0) return { kind: 'resources', group, version };
  const inNamespace = rest[0] === 'namespaces' && rest.length >= 3 && !ofNamespaces.includes(rest[2]!);
  const namespace = inNamespace ? rest[1]! : '';
  const [plural = '', name = '', subresource = '', ...more] = inNamespace ? rest.slice(2) : rest;
  if (plural === '' || more.length > 0) return undefined;
  return { kind: 'resource', group, version, plural, namespace, name, subresource };
}
