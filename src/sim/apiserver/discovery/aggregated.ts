import type { JsonObject } from '../object/json';
import type { Registry } from '../registry/registry';
import type { ResourceType, Version } from '../registry/resource';
import { groupsOf } from './lists';

/** Everything at once (apidiscovery.k8s.io): the core group under /api, all others under /apis. */
export function aggregated(registry: Registry, legacy: boolean, apiVersion: string): JsonObject {
  const groups = [...groupsOf(registry)].filter(([group]) => (group === '') === legacy);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
    metadata: {},
    items: groups.map(([group, versions]) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        freshness: 'Current',
        resources: registry.all().flatMap((type) => entries(type, group, version)),
      })),
    })),
  };
}

function entries(type: ResourceType, group: string, version: string): JsonObject[] {
  const served = type.group === group ? type.versions.find(({ name }) => name === version) : undefined;
  return served ? [entry(type, served)] : [];
}

function entry(type: ResourceType, version: Version): JsonObject {
  const kindOf = (kind: string, group = type.group, v = version.name) => ({ group, version: v, kind });
  return {
    resource: type.plural,
    responseKind: kindOf(type.kind),
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: [...type.verbs],
    ...(type.shortNames.length > 0 ? { shortNames: [...type.shortNames] } : {}),
    ...(type.categories.length > 0 ? { categories: [...type.categories] } : {}),
    ...(version.subresources.length > 0
      ? {
          subresources: version.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: kindOf(sub.kind ?? type.kind, sub.group, sub.version),
            verbs: [...sub.verbs],
          })),
        }
      : {}),
  };
}
