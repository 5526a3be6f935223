import type { Core } from '../request/core';
import type { Change } from '../store/store';
import { isFinished } from '../request/save';
import type { BackgroundTask } from './background';
import { deleteObject } from './requests';

const table = 'namespaces';

/** Empties namespaces that are being deleted, and lets them go once nothing is left in them. */
export class Namespaces implements BackgroundTask {
  readonly #ending = new Set<string>();

  constructor(private readonly core: Core) {}

  follow(changed: string, { type, key, after }: Change): boolean {
    if (changed !== table) return this.#ending.size > 0;
    if (type === 'DELETED') this.#ending.delete(key);
    else if (after.object.metadata.deletionTimestamp) this.#ending.add(key);
    return this.#ending.size > 0;
  }

  run(): void {
    for (const name of [...this.#ending]) this.#empty(name);
  }

  #empty(name: string): void {
    const { store, registry } = this.core;
    let left = 0;
    for (const type of registry.all()) {
      if (!type.namespaced || type.strategy.answer) continue;
      for (const [key, stored] of [...store.table(type.table).range(`${name}/`)]) {
        if (!stored.object.metadata.deletionTimestamp) deleteObject(this.core, type, stored);
        if (store.table(type.table).get(key)) left++;
      }
    }
    if (left === 0) this.#letGo(name);
  }

  #letGo(name: string): void {
    const { store, registry } = this.core;
    const stored = store.table(table).get(name);
    if (!stored) return;
    const object = { ...stored.object, spec: {} };
    if (isFinished(registry.byTable(table)!, object)) store.remove(table, name, object);
  }
}
