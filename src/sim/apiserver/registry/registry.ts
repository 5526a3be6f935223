import type { ResourceType, Version } from './resource';
import { versionOf } from './resource';

/** Which resources are served right now. */
export class Registry {
  readonly #types = new Map<string, ResourceType>();
  readonly #byTable = new Map<string, ResourceType>();
  #generation = 0;

  constructor(types: Iterable<ResourceType>) {
    for (const type of types) this.set(type);
  }

  /** Rises with every change; what is derived from the registry can be cached by it. */
  get generation(): number {
    return this.#generation;
  }

  all(): ResourceType[] {
    return [...this.#types.values()];
  }

  find(group: string, plural: string): ResourceType | undefined {
    return this.#types.get(`${plural}.${group}`);
  }

  /** A resource in a version it is served in. */
  served(group: string, version: string, plural: string): { type: ResourceType; version: Version } | undefined {
    const type = this.find(group, plural);
    const found = type && versionOf(type, version);
    return found ? { type, version: found } : undefined;
  }

  /** Whether anything is served in this version of the group. */
  serves(group: string, version: string): boolean {
    return this.all().some((type) => type.group === group && versionOf(type, version) !== undefined);
  }

  /** The resource that a table of the store holds. */
  byTable(table: string): ResourceType | undefined {
    return this.#byTable.get(table);
  }

  /** Adds a resource, or replaces the one of the same name. */
  set(type: ResourceType): void {
    this.#types.set(idOf(type), type);
    // Two resources may show one table; it belongs to the one that came first.
    const owner = this.#byTable.get(type.table);
    if (!owner || idOf(owner) === idOf(type)) this.#byTable.set(type.table, type);
    this.#generation++;
  }

  remove(group: string, plural: string): void {
    const type = this.find(group, plural);
    if (!type) return;
    this.#types.delete(idOf(type));
    this.#byTable.delete(type.table);
    this.#generation++;
  }
}

const idOf = ({ plural, group }: { plural: string; group: string }): string => `${plural}.${group}`;
