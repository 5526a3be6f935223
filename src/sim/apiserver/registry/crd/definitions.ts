import { objectAt, isObject } from '../../object/json';
import type { Obj } from '../../object/object';
import { createdColumns } from '../../print/others';
import { define } from '../builtin/define';
import { checkDefinition } from './check';
import { definitionsTable, reportNames } from './names';

/** Holds a definition until all its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

function defaults(definition: Obj): void {
  const { names } = objectAt(definition, 'spec');
  if (!isObject(names) || typeof names.kind !== 'string') return;
  names.singular ??= names.kind.toLowerCase();
  names.listKind ??= `${names.kind}List`;
}

/** The resource that brings resources. */
export const definitions = define({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
  package: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  status: true,
  columns: createdColumns,
  table: definitionsTable,
  strategy: {
    generation: true,
    defaults,
    prepareCreate: (definition, surroundings) => {
      defaults(definition);
      const finalizers = definition.metadata.finalizers ?? [];
      definition.metadata.finalizers = [...finalizers.filter((name) => name !== cleanupFinalizer), cleanupFinalizer];
      reportNames(definition, undefined, surroundings);
    },
    prepareUpdate: (definition, old, surroundings) => {
      defaults(definition);
      reportNames(definition, old, surroundings);
    },
    validate: (definition, old) => checkDefinition(definition, old),
  },
});
