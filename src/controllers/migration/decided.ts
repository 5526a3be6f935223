import type { MeshStorMigration, MigrationMove } from '../../api/model';
import { isFinished, isStarted } from './view';

/**
 * What this process decided to move where, and the cache of migrations does not show yet. Others of the same volume, or
 * of the same nodes, are decided on meanwhile, and have to know.
 */
export class Decided {
  readonly #moves = new Map<string, { readonly uid: string | undefined; readonly moves: readonly MigrationMove[] }>();

  /** Before it is written: whether a write that failed happened nobody knows, and the claim stands until the cache tells. */
  remember({ metadata }: MeshStorMigration, moves: readonly MigrationMove[]): void {
    this.#moves.set(metadata.name, { uid: metadata.uid, moves });
  }

  /** It was not written. */
  forget({ metadata }: MeshStorMigration): void {
    this.#moves.delete(metadata.name);
  }

  /** The migration as it is once the cache has caught up. */
  seen(migration: MeshStorMigration): MeshStorMigration {
    const { name, uid } = migration.metadata;
    const decided = this.#moves.get(name);
    if (!decided) return migration;
    if (decided.uid !== uid || isStarted(migration) || isFinished(migration)) {
      this.#moves.delete(name);
      return migration;
    }
    return { ...migration, status: { ...migration.status, moves: [...decided.moves] } };
  }
}
