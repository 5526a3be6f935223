import type { JsonObject } from '../object/json';
import type { Schema } from '../schema/schema';
import { compare, type Comparison } from './compare';
import { difference, intersection, isEmpty, noFields, union, type Fields } from './fields';
import { capped, identity, type Manager, type Managers } from './managers';
import { ownable } from './merge';
import type { Conflict } from './conflicts';

export interface Write {
  readonly schema: Schema;
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Who owned what before. */
  readonly managers: Managers;
  readonly manager: Manager;
  /** Now, for the manager's entry. */
  readonly time: string;
}

/** Who owns what after a write that is not an apply: the writer takes whatever it changed. */
export function afterUpdate(write: Write): Managers {
  const comparison = compare(write.schema, ownable(write.before), ownable(write.after));
  const id = identity(write.manager);
  const { managers } = handOver(write.managers, id, comparison);
  const changed = withoutMetadataItself(comparison.changed);
  if (isEmpty(changed)) return managers;
  const before = managers.get(id)?.fields ?? noFields;
  managers.set(id, { manager: write.manager, fields: union(before, changed), time: write.time });
  return capped(managers);
}

/**
 * Takes what the writer changed, and what is gone, from all managers. The conflicts are what others lose
 * to the writer.
 */
export function handOver(
  managers: Managers,
  writer: string,
  { changed, removed }: Comparison,
): { managers: Managers; conflicts: Conflict[] } {
  const result: Managers = new Map();
  const conflicts: Conflict[] = [];
  for (const [id, owner] of managers) {
    const lost = id === writer ? noFields : intersection(owner.fields, changed);
    if (!isEmpty(lost)) conflicts.push({ owner, fields: lost });
    const fields = difference(difference(owner.fields, lost), removed);
    if (!isEmpty(fields)) result.set(id, fields === owner.fields ? owner : { ...owner, fields });
  }
  return { managers: result, conflicts };
}

/** `metadata` as a whole belongs to nobody. */
function withoutMetadataItself(fields: Fields): Fields {
  const metadata = fields['f:metadata'];
  if (!metadata || !('.' in metadata || isEmpty(metadata))) return fields;
  const { '.': _itself, ...children } = metadata;
  const { 'f:metadata': _metadata, ...rest } = fields;
  return isEmpty(children) ? rest : { ...rest, 'f:metadata': children };
}
