import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { closed, type Crd, type SchemaNode } from './schema';

const HEADER = '// Generated from crds/ by `make generate`. Do not edit.\n/* eslint-disable */\n';

/** TypeScript types of one CRD: `<Kind>Spec`, `<Kind>Status`, and `<Kind>` itself. */
export async function typesOf(crd: Crd): Promise<string> {
  const { spec, status } = crd.schema.properties as { spec: SchemaNode; status: SchemaNode };
  const options = { bannerComment: '', format: false, additionalProperties: false, declareExternallyReferenced: true };
  const part = (node: SchemaNode, name: string) => {
    const schema = forTypes(closed(node)) as JSONSchema;
    return compile({ ...schema, title: name }, name, options);
  };
  const parts = [await part(spec, `${crd.kind}Spec`), await part(status, `${crd.kind}Status`)];
  return [
    HEADER,
    `import type { ObjectMeta } from '../meta';\n`,
    ...parts,
    `/** ${crd.schema.description?.replace(/\s+/g, ' ').trim()} */`,
    `export interface ${crd.kind} {`,
    `  apiVersion: '${crd.group}/${crd.version}';`,
    `  kind: '${crd.kind}';`,
    `  metadata: ObjectMeta;`,
    `  spec: ${crd.kind}Spec;`,
    `  status?: ${crd.kind}Status;`,
    `}`,
    '',
  ].join('\n');
}

/**
 * The schema as types should show it: a field with a default is always there once the API server has seen
 * the object, and maxItems would become a union of tuple types that nobody can read.
 */
function forTypes(node: SchemaNode): SchemaNode {
  const result: SchemaNode = { ...node };
  delete result.maxItems;
  if (node.properties) {
    const entries = Object.entries(node.properties);
    const defaulted = entries.filter(([, child]) => child.default !== undefined).map(([name]) => name);
    result.required = [...new Set([...(node.required ?? []), ...defaulted])];
    result.properties = Object.fromEntries(entries.map(([name, child]) => [name, forTypes(child)]));
  }
  if (typeof node.additionalProperties === 'object') {
    result.additionalProperties = forTypes(node.additionalProperties);
  }
  if (node.items) result.items = forTypes(node.items);
  return result;
}

/** The schemas of all CRDs, for ajv. */
export function schemasOf(crds: readonly Crd[]): string {
  const entries = crds.map((crd) => {
    const { spec, status } = crd.schema.properties as Record<string, SchemaNode>;
    const schema = {
      type: 'object',
      required: ['spec'],
      properties: { spec: closed(spec!), status: closed(status!) },
    };
    return `  ${crd.kind}: ${JSON.stringify(schema, null, 2).replaceAll('\n', '\n  ')},`;
  });
  return [HEADER, 'export const schemas = {', ...entries, '} as const;', ''].join('\n');
}
