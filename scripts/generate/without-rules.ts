import { stringify } from 'yaml';
import type { Crd } from './schema';

const keyword = 'x-kubernetes-validations';

/**
 * A kustomize component that takes the validation rules out of the CRDs: Kubernetes before 1.25 does not know
 * them, and kubectl refuses what the server does not know.
 */
export function withoutRules(crds: Crd[]): string {
  const patches = crds.map(({ plural, group, schema }) => ({
    target: { kind: 'CustomResourceDefinition', name: `${plural}.${group}` },
    patch: stringify(
      rulePaths(schema).map((path) => ({ op: 'remove', path: `/spec/versions/0/schema/openAPIV3Schema${path}` })),
    ),
  }));
  const component = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', patches };
  return [
    '# Generated from crds/ by `make generate`. Do not edit.',
    '# Takes the validation rules out of the custom resource definitions: Kubernetes before 1.25 does not know them.',
    stringify(component, { lineWidth: 0 }),
  ].join('\n');
}

/** JSON pointers of every list of rules below a node. */
function rulePaths(node: unknown, path = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => {
    const here = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return key === keyword ? [here] : rulePaths(child, here);
  });
}
