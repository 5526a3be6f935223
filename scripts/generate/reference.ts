import type { Crd, SchemaNode } from './schema';

/** The CRD reference page: every field with its type, default, bounds and rules. */
export function referenceOf(crds: readonly Crd[]): string {
  const lines = [
    '<!-- Generated from crds/ by `make generate`. Do not edit. -->',
    '# Custom resources',
    '',
    `All kinds are cluster-scoped, in API group \`${crds[0]?.group}/${crds[0]?.version}\`.`,
  ];
  for (const crd of crds) lines.push('', ...kindSection(crd));
  return `${lines.join('\n')}\n`;
}

function kindSection(crd: Crd): string[] {
  const lines = [`## ${crd.kind} (\`${crd.shortName}\`)`, '', text(crd.schema), ''];
  lines.push('`kubectl get` columns: ' + crd.columns.map(column).join(', ') + '.', '');
  for (const part of ['spec', 'status']) {
    const node = crd.schema.properties?.[part];
    if (!node) continue;
    lines.push(`### ${crd.kind} ${part}`, '', text(node), '', '| Field | Type | Meaning |', '|---|---|---|');
    lines.push(...rows(node, ''), '');
    for (const rule of node['x-kubernetes-validations'] ?? []) {
      lines.push(`- Rule: \`${rule.rule}\` (${rule.message})`);
    }
  }
  return lines;
}

function column({ name, priority }: { name: string; priority?: number }): string {
  return priority ? `${name.toUpperCase()} (wide)` : name.toUpperCase();
}

function rows(node: SchemaNode, prefix: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const path = `${prefix}${name}`;
    const required = node.required?.includes(name) ? ', required' : '';
    const own = `| \`${path}\` | ${typeName(child)}${required} | ${meaning(child)} |`;
    const inner = child.type === 'array' ? child.items : child;
    const step = child.type === 'array' ? '[].' : '.';
    return [own, ...(inner?.properties ? rows(inner, `${path}${step}`) : [])];
  });
}

function typeName(node: SchemaNode): string {
  if (node.type === 'array') return `list of ${node.items ? typeName(node.items) : 'any'}`;
  if (typeof node.additionalProperties === 'object') return `map of ${typeName(node.additionalProperties)}`;
  return node.format ? `${node.type} (${node.format})` : String(node.type);
}

function meaning(node: SchemaNode): string {
  const facts: string[] = [];
  if (node.enum) facts.push(`One of ${node.enum.map((value) => `\`${String(value) || '""'}\``).join(', ')}.`);
  if (node.default !== undefined) facts.push(`Default \`${JSON.stringify(node.default)}\`.`);
  if (node.minimum !== undefined) facts.push(`At least ${node.minimum}.`);
  if (node.maximum !== undefined) facts.push(`At most ${node.maximum}.`);
  if (node.multipleOf !== undefined) facts.push(`A multiple of ${node.multipleOf}.`);
  for (const rule of node['x-kubernetes-validations'] ?? []) facts.push(`Rule: ${rule.message ?? rule.rule}.`);
  return [text(node), ...facts].filter(Boolean).join(' ').replaceAll('|', '\\|');
}

function text(node: SchemaNode): string {
  return (node.description ?? '').replace(/\s+/g, ' ').trim();
}
