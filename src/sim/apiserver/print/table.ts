import type { JsonObject } from '../object/json';
import type { Stored } from '../store/stored';
import type { Column, PrintView, Version } from '../registry/resource';

/** How much of each object a row carries. */
export type Include = 'Metadata' | 'None' | 'Object';

export interface TableOptions extends PrintView {
  readonly include: Include;
  /** apiVersion of the table: meta.k8s.io/v1 or v1beta1. */
  readonly apiVersion: string;
  /** Rows that follow others in a watch need no headers. */
  readonly headers: boolean;
}

export function tableHead(columns: readonly Column[]): JsonObject[] {
  return columns.map(({ name, type, format, description, priority }) => ({
    name,
    type,
    format: format ?? '',
    description: description ?? '',
    priority: priority ?? 0,
  }));
}

export function tableRow({ columns }: Version, { object }: Stored, options: TableOptions): JsonObject {
  const cells = columns.map((column) => column.cell(object, options));
  switch (options.include) {
    case 'None':
      return { cells, object: null };
    case 'Object':
      return { cells, object: object };
    case 'Metadata':
      return { cells, object: metadataOnly(object.metadata, options.apiVersion) };
  }
}

export const metadataOnly = (metadata: JsonObject, apiVersion: string): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion,
  metadata,
});

/** A table of one object, as a get or a watch shows it. */
export function tableOf(version: Version, stored: Stored, options: TableOptions): JsonObject {
  return {
    kind: 'Table',
    apiVersion: options.apiVersion,
    metadata: { resourceVersion: stored.object.metadata.resourceVersion },
    columnDefinitions: options.headers ? tableHead(version.columns) : [],
    rows: [tableRow(version, stored, options)],
  };
}
