import { ageOf } from '../object/duration';
import { valueAt, type Json } from '../object/json';
import type { Obj } from '../object/object';
import type { Column, PrintView } from '../registry/resource';

type Cell = (object: Obj, view: PrintView) => Json;

/** A column that is always shown. */
export const column = (name: string, cell: Cell, type = 'string'): Column => ({ name, type, cell });

/** A column of -o wide. */
export const wide = (name: string, cell: Cell, type = 'string'): Column => ({ name, type, priority: 1, cell });

/** A column that shows one field, or `none` where it is not set. */
export const fieldColumn = (name: string, path: string, none: Json = '', type = 'string'): Column =>
  column(name, (object) => valueAt(object, ...path.split('.')) ?? none, type);

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: (object) => object.metadata.name,
};

export const ageColumn: Column = column('Age', ({ metadata }, { now }) => ageOf(metadata.creationTimestamp, now));

export const createdAtColumn: Column = {
  name: 'Created At',
  type: 'date',
  cell: ({ metadata }) => metadata.creationTimestamp ?? null,
};

/** What a kind without columns of its own shows. */
export const plainColumns: readonly Column[] = [nameColumn, ageColumn];
