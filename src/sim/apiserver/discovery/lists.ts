import type { JsonObject } from '../object/json';
import { joinApiVersion } from '../object/object';
import { byPriority } from '../registry/crd/establish';
import type { Registry } from '../registry/registry';
import type { ResourceType, Version } from '../registry/resource';

export const legacyVersions: JsonObject = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }],
};

/** Named groups with their versions, the preferred version first. */
export function groupsOf(registry: Registry): Map<string, string[]> {
  const groups = new Map<string, Set<string>>();
  for (const { group, versions } of registry.all()) {
    const known = groups.get(group) ?? new Set<string>();
    for (const { name } of versions) known.add(name);
    groups.set(group, known);
  }
  return new Map(
    [...groups].map(([group, versions]) => [
      group,
      [...versions]
        .map((name) => ({ name }))
        .sort(byPriority)
        .map(({ name }) => name),
    ]),
  );
}

export function groupDocument(group: string, versions: readonly string[]): JsonObject {
  const entries = versions.map((version) => ({ groupVersion: joinApiVersion(group, version), version }));
  return { name: group, versions: entries, preferredVersion: entries[0] };
}

export function groupList(registry: Registry): JsonObject {
  const groups = [...groupsOf(registry)].filter(([group]) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(([group, versions]) => groupDocument(group, versions)),
  };
}

/** Undefined for a group or version that is not served. */
export function resourceList(registry: Registry, group: string, version: string): JsonObject | undefined {
  const resources = registry.all().flatMap((type) => {
    const found = type.group === group ? type.versions.find(({ name }) => name === version) : undefined;
    return found ? resourceEntries(type, found) : [];
  });
  if (resources.length === 0) return undefined;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: joinApiVersion(group, version), resources };
}

function resourceEntries(type: ResourceType, version: Version): JsonObject[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = type;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: [...verbs],
      ...(shortNames.length > 0 ? { shortNames: [...shortNames] } : {}),
      ...(categories.length > 0 ? { categories: [...categories] } : {}),
    },
    ...version.subresources.map((sub) => ({
      name: `${plural}/${sub.name}`,
      singularName: '',
      namespaced,
      ...(sub.group ? { group: sub.group, version: sub.version } : {}),
      kind: sub.kind ?? kind,
      verbs: [...sub.verbs],
    })),
  ];
}
