import type { FieldError } from '../errors/field';
import type { Json, JsonObject } from '../object/json';
import type { NameCheck } from '../object/names';
import type { Obj } from '../object/object';
import { joinApiVersion } from '../object/object';
import type { Schema } from '../schema/schema';
import type { SelectableFields } from '../select/fields';
import type { Store } from '../store/store';

/** One resource as it is served: a built-in one, or one that a CustomResourceDefinition brought. */
export interface ResourceType {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Served versions, the preferred one first. */
  readonly versions: readonly Version[];
  /** apiVersion objects are stored in. */
  readonly storedAs: string;
  /** Table of the store; resources that show the same objects share one. */
  readonly table: string;
  readonly strategy: Strategy;
}

export interface Version {
  readonly name: string;
  readonly schema: Schema;
  readonly columns: readonly Column[];
  readonly subresources: readonly Subresource[];
  readonly selectable: SelectableFields;
  /** The schema as its author wrote it, for OpenAPI; built-in kinds are rendered from `schema`. */
  readonly openapi?: JsonObject;
  readonly deprecationWarning?: string;
}

export interface Subresource {
  readonly name: string;
  /** What is sent to it, where that is another kind. */
  readonly kind?: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** 0 is always shown, higher ones only with -o wide. */
  readonly priority?: number;
  cell(object: Obj, view: PrintView): Json;
}

export interface PrintView {
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The world a strategy may look at; it never writes through it. */
export interface Surroundings {
  readonly store: Store;
  /** An ISO timestamp with whole seconds. */
  now(): string;
}

/** What one kind does differently from the others. Every hook changes the object it is given, which is a copy. */
export interface Strategy {
  /** Built-in kinds: wrong types are refused while decoding and nulls are dropped. */
  readonly typed: boolean;
  /** metadata.generation counts changes of anything but metadata and status. */
  readonly generation: boolean;
  /** An update may come without resourceVersion. */
  readonly unconditionalUpdate: boolean;
  /** A PUT of what is not there creates it. */
  readonly createOnUpdate: boolean;
  /** DELETE answers with the object, not with a Status. */
  readonly returnsDeleted: boolean;
  /** The status endpoint also takes labels and annotations. */
  readonly statusTakesMetadata: boolean;
  /** A creation may bring a status. */
  readonly keepsStatus: boolean;
  readonly checkName: NameCheck;
  /** What an object of the kind has before anybody set anything: nobody comes to own that. */
  readonly blank: JsonObject;
  /** Defaults that depend on more than the schema. */
  defaults?(object: Obj, surroundings: Surroundings): void;
  prepareCreate?(object: Obj, surroundings: Surroundings): void;
  /** Main endpoint only; status is kept apart already. */
  prepareUpdate?(object: Obj, old: Obj, surroundings: Surroundings): void;
  /** `old` is undefined for a creation. */
  validate?(object: Obj, old: Obj | undefined, surroundings: Surroundings): FieldError[];
  /** Seconds a deletion waits for someone else to finish it; undefined means none. */
  gracePeriod?(object: Obj, asked: number | undefined): number;
  /** Whether something besides finalizers still keeps a deleted object. */
  held?(object: Obj): boolean;
  /** What deletion shows besides the deletionTimestamp; changes a copy. */
  markDeleted?(object: Obj): void;
  /** The same object in another apiVersion, which the caller sets. */
  convert?(object: Obj, apiVersion: string): Obj;
  /** Answers a create without storing anything (reviews). */
  answer?(object: Obj, surroundings: Surroundings): Obj;
}

export const versionOf = (type: ResourceType, name: string): Version | undefined =>
  type.versions.find((version) => version.name === name);

export const apiVersionOf = (type: ResourceType, version: string): string => joinApiVersion(type.group, version);

export const hasStatus = (version: Version): boolean => version.subresources.some(({ name }) => name === 'status');

/** Key of an object in its table. */
export const keyOf = (type: ResourceType, namespace: string, name: string): string =>
  type.namespaced ? `${namespace}/${name}` : name;
