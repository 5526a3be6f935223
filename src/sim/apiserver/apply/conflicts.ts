import { applyConflict, type StatusError } from '../errors/status';
import { leaves, type Fields } from './fields';
import type { Owned } from './managers';

/** What an apply would take from one other manager. */
export interface Conflict {
  readonly owner: Owned;
  readonly fields: Fields;
}

/** The refusal, naming every field and who has it. */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const items = conflicts
    .flatMap(({ owner, fields }) => leaves(fields).map((path) => ({ who: describe(owner), path })))
    .sort((a, b) => (a.who < b.who ? -1 : a.who > b.who ? 1 : 0));
  const causes = items.map(({ who, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${who}`,
    field: path,
  }));
  if (items.length === 1) {
    return applyConflict(`Apply failed with 1 conflict: conflict with ${items[0]!.who}: ${items[0]!.path}`, causes);
  }
  const lines = [...new Set(items.map(({ who }) => who))].flatMap((who) => [
    `conflicts with ${who}:`,
    ...items.filter((item) => item.who === who).map(({ path }) => `- ${path}`),
  ]);
  return applyConflict(`Apply failed with ${items.length} conflicts: ${lines.join('\n')}`, causes);
}

function describe({ manager }: Owned): string {
  const name = `"${manager.name}"${manager.subresource ? ` with subresource "${manager.subresource}"` : ''}`;
  if (manager.operation === 'Apply') return name;
  return `${name} using ${manager.apiVersion}`;
}
