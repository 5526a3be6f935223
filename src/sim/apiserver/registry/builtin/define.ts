import { checkSubdomain } from '../../object/names';
import { joinApiVersion } from '../../object/object';
import type { Obj } from '../../object/object';
import { plainColumns } from '../../print/column';
import { builtinType } from '../../schema/kinds/index';
import type { SelectableFields } from '../../select/fields';
import type { Column, ResourceType, Strategy, Subresource } from '../resource';

export interface Definition {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Package of the type in the notation: `core` stands for io.k8s.api.core.v1. */
  readonly package: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Whether status has an endpoint of its own. */
  readonly status?: boolean;
  readonly subresources?: readonly Subresource[];
  readonly verbs?: readonly string[];
  readonly columns?: readonly Column[];
  readonly selectable?: SelectableFields;
  readonly strategy?: Partial<Strategy>;
  /** Where it differs from the plural and group: kinds that show the same objects. */
  readonly table?: string;
  readonly storedAs?: string;
}

export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;
const subresourceVerbs = ['get', 'patch', 'update'] as const;

export const metadataFields: SelectableFields = {
  'metadata.name': ({ metadata }: Obj) => metadata.name,
  'metadata.namespace': ({ metadata }: Obj) => metadata.namespace ?? '',
};

export const statusSubresource: Subresource = { name: 'status', verbs: subresourceVerbs };

const builtinStrategy: Strategy = {
  typed: true,
  generation: false,
  unconditionalUpdate: true,
  createOnUpdate: false,
  returnsDeleted: false,
  statusTakesMetadata: true,
  keepsStatus: false,
  checkName: checkSubdomain,
  blank: { spec: {}, status: {} },
};

/** A built-in resource with everything that was left out as it usually is. */
export function define(definition: Definition): ResourceType {
  const { group, version, plural, kind } = definition;
  const schema = builtinType(`${packageOf(definition.package)}.${kind}`);
  return {
    group,
    plural,
    singular: kind.toLowerCase(),
    kind,
    listKind: `${kind}List`,
    shortNames: definition.shortNames ?? [],
    categories: definition.categories ?? [],
    namespaced: definition.namespaced,
    verbs: definition.verbs ?? allVerbs,
    versions: [
      {
        name: version,
        schema,
        columns: definition.columns ?? plainColumns,
        subresources: [...(definition.status ? [statusSubresource] : []), ...(definition.subresources ?? [])],
        selectable: { ...metadataFields, ...definition.selectable },
      },
    ],
    storedAs: definition.storedAs ?? joinApiVersion(group, version),
    table: definition.table ?? (group ? `${plural}.${group}` : plural),
    strategy: { ...builtinStrategy, ...definition.strategy },
  };
}

const packageOf = (name: string): string => (name.includes('.') ? name : `io.k8s.api.${name}.v1`);
