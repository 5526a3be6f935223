import type { Obj, OwnerRef } from '../object/object';
import type { Core } from '../request/core';
import type { Change } from '../store/store';
import type { Stored } from '../store/stored';
import { OwnerGraph, type Place } from './graph';
import { changeStored, deleteObject } from './requests';
import type { BackgroundTask } from './background';

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

/**
 * Owner references, as the real garbage collector treats them: what has lost all its owners is deleted;
 * an owner deleted in the foreground goes after its dependents; one deleted with orphaning lets go of them.
 */
export class Dependents implements BackgroundTask {
  readonly #graph = new OwnerGraph();
  readonly #queue = new Map<string, Place>();

  constructor(private readonly core: Core) {}

  follow(table: string, change: Change): boolean {
    this.#graph.follow(table, change);
    const { metadata } = change.after.object;
    if (change.type === 'DELETED') {
      for (const place of this.#graph.dependentsOf(metadata.uid ?? '')) this.#add(place);
      for (const owner of metadata.ownerReferences ?? []) this.#addOwner(owner);
    } else if (metadata.ownerReferences || (metadata.deletionTimestamp && this.#waits(change.after.object))) {
      this.#add({ table, key: change.key });
    }
    return this.#queue.size > 0;
  }

  run(): void {
    const work = [...this.#queue.values()];
    this.#queue.clear();
    for (const place of work) this.#process(place);
  }

  #waits({ metadata }: Obj): boolean {
    return metadata.finalizers?.some((name) => name === orphan || name === foreground) ?? false;
  }

  #add(place: Place): void {
    this.#queue.set(`${place.table}\n${place.key}`, place);
  }

  #addOwner(owner: OwnerRef): void {
    const place = this.#graph.placeOf(owner.uid);
    if (place) this.#add(place);
  }

  #process({ table, key }: Place): void {
    const stored = this.core.store.table(table).get(key);
    const type = this.core.registry.byTable(table);
    if (!stored || !type) return;
    const { metadata } = stored.object;
    if (metadata.deletionTimestamp) this.#finishDeletion(stored, table);
    else if (metadata.ownerReferences) this.#judge(stored, table, metadata.ownerReferences);
  }

  /** Deletes an object whose owners are all gone or waiting; otherwise drops the references that point nowhere. */
  #judge(stored: Stored, table: string, owners: readonly OwnerRef[]): void {
    const type = this.core.registry.byTable(table)!;
    const solid = owners.filter((owner) => this.#isSolid(owner));
    if (solid.length === owners.length) return;
    if (solid.length > 0) {
      changeStored(this.core, type, stored, (object) => {
        object.metadata.ownerReferences = [...solid];
      });
      return;
    }
    const waited = owners.some((owner) => this.#graph.placeOf(owner.uid) !== undefined);
    const hasDependents = this.#graph.dependentsOf(stored.object.metadata.uid ?? '').length > 0;
    deleteObject(this.core, type, stored, waited && hasDependents ? { propagationPolicy: 'Foreground' } : {});
  }

  /** An owner that waits in the foreground for this very object does not hold it. */
  #isSolid(owner: OwnerRef): boolean {
    const place = this.#graph.placeOf(owner.uid);
    const stored = place && this.core.store.table(place.table).get(place.key);
    if (!stored) return false;
    const { deletionTimestamp, finalizers } = stored.object.metadata;
    return !(deletionTimestamp && finalizers?.includes(foreground));
  }

  #finishDeletion(stored: Stored, table: string): void {
    const { uid = '', finalizers = [] } = stored.object.metadata;
    const dependents = this.#graph.dependentsOf(uid);
    if (finalizers.includes(orphan)) {
      for (const place of dependents) this.#release(place, uid);
      this.#dropFinalizer(stored, table, orphan);
    } else if (finalizers.includes(foreground)) {
      for (const place of dependents) this.#add(place);
      if (!dependents.some((place) => this.#blocks(place, uid))) this.#dropFinalizer(stored, table, foreground);
      else this.run();
    }
  }

  #blocks({ table, key }: Place, owner: string): boolean {
    const references = this.core.store.table(table).get(key)?.object.metadata.ownerReferences ?? [];
    return references.some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion === true);
  }

  #release({ table, key }: Place, owner: string): void {
    const stored = this.core.store.table(table).get(key);
    const type = this.core.registry.byTable(table);
    if (!stored || !type) return;
    changeStored(this.core, type, stored, ({ metadata }) => {
      metadata.ownerReferences = metadata.ownerReferences?.filter(({ uid }) => uid !== owner);
    });
  }

  #dropFinalizer(stored: Stored, table: string, finalizer: string): void {
    changeStored(this.core, this.core.registry.byTable(table)!, stored, ({ metadata }) => {
      metadata.finalizers = metadata.finalizers?.filter((name) => name !== finalizer);
    });
  }
}
