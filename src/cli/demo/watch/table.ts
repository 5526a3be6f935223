import type { KubeObject } from '../../../api/meta';

/** metav1.Table, as the API server prints it for kubectl. */
export interface WireTable<T extends KubeObject> {
  readonly kind: 'Table';
  readonly metadata?: { readonly resourceVersion?: string };
  readonly columnDefinitions?: readonly { readonly name: string; readonly priority?: number }[];
  readonly rows?: readonly { readonly cells: readonly unknown[]; readonly object: T }[] | null;
}

/** Columns and rows as `kubectl get` shows them, without those that are for `-o wide` only. */
export interface Table {
  /** In capitals. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Row<T extends KubeObject> {
  readonly object: T;
  readonly cells: readonly string[];
}

/** What the server printed of one kind, kept up to date event by event. */
export class PrintedObjects<T extends KubeObject> {
  readonly #rows = new Map<string, Row<T>>();
  #columns: readonly string[] = [];
  /** Of the cells, those that are shown. */
  #shown: readonly number[] = [];

  get rows(): Row<T>[] {
    return [...this.#rows.values()];
  }

  get objects(): T[] {
    return this.rows.map(({ object }) => object);
  }

  find(name: string): T | undefined {
    return this.objects.find(({ metadata }) => metadata.name === name);
  }

  /** As kubectl prints it; all rows, or those of the objects that are wanted. */
  table(wanted: (object: T) => boolean = () => true): Table {
    const rows = this.rows.filter(({ object }) => wanted(object));
    return { columns: this.#columns, rows: rows.map(({ cells }) => cells) };
  }

  /** A list: everything there is. */
  replace(table: WireTable<T>): void {
    this.#rows.clear();
    this.#learnColumns(table);
    this.#add(table);
  }

  /** An event of a watch. Only the first one names the columns. */
  change(type: string, table: WireTable<T>): void {
    this.#learnColumns(table);
    if (type === 'DELETED') for (const { object } of table.rows ?? []) this.#rows.delete(object.metadata.name);
    else this.#add(table);
  }

  #learnColumns({ columnDefinitions = [] }: WireTable<T>): void {
    if (columnDefinitions.length === 0) return;
    const numbered = columnDefinitions.map((column, index) => ({ ...column, index }));
    const shown = numbered.filter(({ priority = 0 }) => priority === 0);
    this.#columns = shown.map(({ name }) => name.toUpperCase());
    this.#shown = shown.map(({ index }) => index);
  }

  #add({ rows }: WireTable<T>): void {
    for (const { object, cells } of rows ?? []) {
      this.#rows.set(object.metadata.name, { object, cells: this.#shown.map((index) => textOf(cells[index])) });
    }
  }
}

const textOf = (cell: unknown): string =>
  typeof cell === 'string' ? cell : cell === null || cell === undefined ? '' : JSON.stringify(cell);
