import { isObject, listAt, objectAt } from '../object/json';
import { timestamp } from '../../../runtime/clock';
import { definitionsTable } from '../registry/crd/names';
import { cleanupFinalizer } from '../registry/crd/definitions';
import type { Core } from '../request/core';
import type { Change } from '../store/store';
import type { Stored } from '../store/stored';
import type { BackgroundTask } from './background';
import { changeStored, deleteObject } from './requests';

/** Deletes the objects of definitions that are being deleted, and lets those go once none is left. */
export class Definitions implements BackgroundTask {
  readonly #ending = new Set<string>();

  constructor(private readonly core: Core) {}

  follow(changed: string, { type, key, after }: Change): boolean {
    if (changed !== definitionsTable) return this.#ending.has(changed);
    const { deletionTimestamp, finalizers = [] } = after.object.metadata;
    if (type !== 'DELETED' && deletionTimestamp && finalizers.includes(cleanupFinalizer)) this.#ending.add(key);
    else this.#ending.delete(key);
    return this.#ending.has(key);
  }

  run(): void {
    for (const name of [...this.#ending]) this.#empty(name);
  }

  /** A definition's name is also the name of its table. */
  #empty(name: string): void {
    const { store, registry } = this.core;
    const definition = store.table(definitionsTable).get(name);
    if (!definition) return;
    const type = registry.byTable(name);
    for (const [, stored] of [...store.table(name).range('')]) {
      if (type && !stored.object.metadata.deletionTimestamp) deleteObject(this.core, type, stored);
    }
    if (store.table(name).size === 0) this.#letGo(definition);
    else this.#markTerminating(definition);
  }

  #letGo(definition: Stored): void {
    changeStored(this.core, this.core.registry.byTable(definitionsTable)!, definition, ({ metadata }) => {
      metadata.finalizers = metadata.finalizers?.filter((finalizer) => finalizer !== cleanupFinalizer);
    });
  }

  #markTerminating({ object }: Stored): void {
    const status = objectAt(object, 'status');
    const conditions = listAt(status, 'conditions').filter(isObject);
    if (conditions.some(({ type }) => type === 'Terminating')) return;
    const terminating = {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionInProgress',
      message: 'CustomResource deletion is in progress',
      lastTransitionTime: timestamp(this.core.clock),
    };
    this.core.store.put(definitionsTable, object.metadata.name, {
      ...object,
      status: { ...status, conditions: [...conditions, terminating] },
    });
  }
}
