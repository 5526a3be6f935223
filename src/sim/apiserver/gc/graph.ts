import type { OwnerRef } from '../object/object';
import type { Change } from '../store/store';

/** Where an object is kept. */
export interface Place {
  readonly table: string;
  readonly key: string;
}

/** Who owns whom, kept up to date change by change. */
export class OwnerGraph {
  readonly #places = new Map<string, Place>();
  readonly #dependents = new Map<string, Map<string, Place>>();

  follow(table: string, { type, key, before, after }: Change): void {
    const { uid = '' } = after.object.metadata;
    const place = { table, key };
    for (const owner of before?.object.metadata.ownerReferences ?? []) this.#unlink(owner, uid);
    if (type === 'DELETED') {
      this.#places.delete(uid);
      return;
    }
    this.#places.set(uid, place);
    for (const owner of after.object.metadata.ownerReferences ?? []) this.#link(owner, uid, place);
  }

  /** Where the object with this uid is; undefined when it is gone. */
  placeOf(uid: string): Place | undefined {
    return this.#places.get(uid);
  }

  dependentsOf(uid: string): Place[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  #link(owner: OwnerRef, uid: string, place: Place): void {
    let dependents = this.#dependents.get(owner.uid);
    if (!dependents) this.#dependents.set(owner.uid, (dependents = new Map<string, Place>()));
    dependents.set(uid, place);
  }

  #unlink(owner: OwnerRef, uid: string): void {
    const dependents = this.#dependents.get(owner.uid);
    dependents?.delete(uid);
    if (dependents?.size === 0) this.#dependents.delete(owner.uid);
  }
}
