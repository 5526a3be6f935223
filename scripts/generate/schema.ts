import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A node of a CRD's openAPIV3Schema, as far as the generators read it. */
export interface SchemaNode {
  type?: string;
  description?: string;
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | boolean;
  items?: SchemaNode;
  required?: string[];
  enum?: unknown[];
  default?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  multipleOf?: number;
  pattern?: string;
  'x-kubernetes-validations'?: { rule: string; message?: string }[];
  [key: string]: unknown;
}

export interface PrinterColumn {
  name: string;
  type: string;
  jsonPath: string;
  description?: string;
  priority?: number;
}

/** One CRD of crds/, reduced to its only version. */
export interface Crd {
  file: string;
  group: string;
  version: string;
  kind: string;
  plural: string;
  shortName: string;
  columns: PrinterColumn[];
  schema: SchemaNode;
}

/** Reads every CRD of a folder, in the order of their file names. */
export function readCrds(folder: string): Crd[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const { spec } = parse(readFileSync(join(folder, file), 'utf8'));
      const [version] = spec.versions;
      return {
        file,
        group: spec.group,
        version: version.name,
        kind: spec.names.kind,
        plural: spec.names.plural,
        shortName: spec.names.shortNames[0],
        columns: version.additionalPrinterColumns,
        schema: version.schema.openAPIV3Schema,
      };
    });
}

/**
 * The schema as plain JSON schema: closed objects, and without Kubernetes' own keywords. The envelope
 * (apiVersion, kind, metadata) is left to the caller.
 */
export function closed(node: SchemaNode): SchemaNode {
  const result: SchemaNode = {};
  for (const [key, value] of Object.entries(node)) {
    if (!key.startsWith('x-kubernetes-')) result[key] = value;
  }
  if (node.properties) {
    result.properties = Object.fromEntries(
      Object.entries(node.properties).map(([name, child]) => [name, closed(child)]),
    );
    result.additionalProperties = false;
  } else if (typeof node.additionalProperties === 'object') {
    result.additionalProperties = closed(node.additionalProperties);
  }
  if (node.items) result.items = closed(node.items);
  return result;
}
