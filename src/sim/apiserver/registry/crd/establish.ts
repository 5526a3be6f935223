import { isObject, listAt, objectAt, stringAt, type JsonObject, textOf } from '../../object/json';
import { checkSubdomain } from '../../object/names';
import { joinApiVersion, type Obj } from '../../object/object';
import { parseJsonPath } from '../../print/jsonpath';
import { structuralSchema } from '../../schema/structural';
import type { SelectableFields } from '../../select/fields';
import { allVerbs, metadataFields, statusSubresource } from '../builtin/define';
import type { ResourceType, Strategy, Version } from '../resource';
import { customColumns } from './columns';

const customStrategy: Strategy = {
  typed: false,
  generation: true,
  unconditionalUpdate: false,
  createOnUpdate: false,
  returnsDeleted: false,
  statusTakesMetadata: false,
  keepsStatus: false,
  checkName: checkSubdomain,
  blank: {},
};

/** Compiling schemas is the expensive part, and the same definitions come again with every new server. */
const compiled = new Map<string, ResourceType>();
const maxCompiled = 64;

/** The resource that a (valid) CustomResourceDefinition describes. */
export function establish(definition: Obj): ResourceType {
  const id = JSON.stringify(definition.spec);
  let type = compiled.get(id);
  if (!type) {
    type = build(objectAt(definition, 'spec'));
    if (compiled.size >= maxCompiled) compiled.clear();
    compiled.set(id, type);
  }
  return type;
}

function build(spec: JsonObject): ResourceType {
  const names = objectAt(spec, 'names');
  const group = stringAt(spec, 'group') ?? '';
  const plural = stringAt(names, 'plural') ?? '';
  const kind = stringAt(names, 'kind') ?? '';
  const versions = listAt(spec, 'versions').filter(isObject);
  const stored = versions.find((version) => version.storage === true);
  return {
    group,
    plural,
    singular: stringAt(names, 'singular') ?? kind.toLowerCase(),
    kind,
    listKind: stringAt(names, 'listKind') ?? `${kind}List`,
    shortNames: listAt(names, 'shortNames') as string[],
    categories: listAt(names, 'categories') as string[],
    namespaced: spec.scope === 'Namespaced',
    verbs: allVerbs,
    versions: versions
      .filter((version) => version.served === true)
      .sort(byPriority)
      .map(buildVersion),
    storedAs: joinApiVersion(group, stringAt(stored, 'name') ?? ''),
    table: `${plural}.${group}`,
    strategy: customStrategy,
  };
}

function buildVersion(version: JsonObject): Version {
  const openapi = objectAt(objectAt(version, 'schema'), 'openAPIV3Schema');
  return {
    name: stringAt(version, 'name') ?? '',
    schema: structuralSchema(openapi),
    columns: customColumns(version),
    subresources: isObject(objectAt(version, 'subresources').status) ? [statusSubresource] : [],
    selectable: { ...metadataFields, ...selectableFields(version) },
    openapi,
    deprecationWarning: stringAt(version, 'deprecationWarning'),
  };
}

function selectableFields(version: JsonObject): SelectableFields {
  const paths = listAt(version, 'selectableFields').filter(isObject);
  return Object.fromEntries(
    paths.map((field) => {
      const text = stringAt(field, 'jsonPath') ?? '';
      const path = parseJsonPath(text);
      const read = (object: Obj): string => {
        const [value] = path(object);
        return value === null ? '' : textOf(value);
      };
      return [text.replace(/^\./, ''), read];
    }),
  );
}

const versionForm = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** Stable versions first, then beta, then alpha, each with the highest number first; others last, by name. */
export function byPriority(a: JsonObject, b: JsonObject): number {
  const [left, right] = [stringAt(a, 'name') ?? '', stringAt(b, 'name') ?? ''];
  const [x, y] = [rank(left), rank(right)];
  if (!x || !y) return x ? -1 : y ? 1 : left.localeCompare(right);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return y[i]! - x[i]!;
  return 0;
}

function rank(name: string): number[] | undefined {
  const match = versionForm.exec(name);
  if (!match) return undefined;
  const stability = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
}
