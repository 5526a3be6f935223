import type { Json, JsonObject } from './json';

export type OwnerRef = {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
};

/** One entry of metadata.managedFields. */
export type ManagedEntry = {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: JsonObject;
  subresource?: string;
};

export type Meta = {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  ownerReferences?: OwnerRef[];
  finalizers?: string[];
  managedFields?: ManagedEntry[];
};

/** A Kubernetes object of any kind. */
export interface Obj {
  apiVersion: string;
  kind: string;
  metadata: Meta;
  [field: string]: Json | undefined;
}

/** Splits `group/version`; the core group is ''. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

export const joinApiVersion = (group: string, version: string): string => (group ? `${group}/${version}` : version);

/** `plural.group`, as errors and the command line write it; just the plural in the core group. */
export const qualified = (name: string, group: string): string => (group ? `${name}.${group}` : name);

/** Shallow copy with a metadata of its own: the way to change metadata without touching what is stored. */
export function withMeta(object: Obj, change: Partial<Meta>): Obj {
  const metadata = { ...object.metadata, ...change };
  for (const key of Object.keys(change))
    if (metadata[key as keyof Meta] === undefined) delete metadata[key as keyof Meta];
  return { ...object, metadata };
}

/** Top-level order that every answer has: apiVersion, kind, metadata, then the rest as it came. */
export function ordered(object: JsonObject): Obj {
  const { apiVersion, kind, metadata, ...rest } = object;
  return { apiVersion, kind, metadata, ...rest } as Obj;
}
