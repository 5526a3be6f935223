import type { Resource } from '../../../../src/api/meta';
import type { KubeClient } from '../../../../src/runtime/kube/client';
import type { JsonObject } from '../../../../src/sim/apiserver/object/json';
import type { Kubectl } from '../../../kube/kubectl';
import { RawApi } from '../raw';

/** What a server under test is reached by. */
export interface Connection {
  /** Path of a cluster administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly kubectl: Kubectl;
}

/** The server under test, with a namespace and a kind that are this suite's own. */
export interface Subject extends Connection {
  readonly raw: RawApi;
  readonly namespace: string;
}

export const widgets: Resource = {
  group: 'conformance.meshstor.io',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

export const definitionName = `${widgets.plural}.${widgets.group}`;

const condition = {
  type: 'object',
  required: ['type', 'status'],
  properties: { type: { type: 'string' }, status: { type: 'string' }, note: { type: 'string' } },
};

const spec: JsonObject = {
  type: 'object',
  required: ['size'],
  properties: {
    size: {
      type: 'integer',
      format: 'int64',
      minimum: 1,
      maximum: 100,
      'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'size may only grow' }],
    },
    colour: { type: 'string', enum: ['red', 'green'], default: 'red' },
    name: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
    when: { type: 'string', format: 'date-time' },
    maybe: { type: 'string', nullable: true },
    tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    steps: { type: 'array', items: { type: 'string' } },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, weight: { type: 'integer' }, unit: { type: 'string', default: 'kg' } },
      },
    },
    nested: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } },
    options: { type: 'object', additionalProperties: { type: 'string' } },
    open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
  'x-kubernetes-validations': [
    { rule: "!has(self.name) || self.name != 'taken'", message: 'the name is taken', fieldPath: '.name' },
  ],
};

/**
 * A kind with everything in its schema that the suite is about. No int-or-string: a server of release 1.20 then
 * has no types for server-side apply (its log: "error building openapi models").
 */
export const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: definitionName },
  spec: {
    group: widgets.group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', shortNames: ['wdg'], categories: ['gadgets'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Colour', type: 'string', jsonPath: '.spec.colour', priority: 1 },
          { name: 'Seen', type: 'date', jsonPath: '.status.seen' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A thing to test with.',
            required: ['spec'],
            properties: {
              spec,
              status: {
                type: 'object',
                properties: {
                  phase: { type: 'string', enum: ['New', 'Old'] },
                  seen: { type: 'string', format: 'date-time' },
                  conditions: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['type'],
                    items: condition,
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

/** Prepares a server: the suite's kind is served and its namespace exists. */
export async function prepare(connection: Connection): Promise<Subject> {
  const raw = await RawApi.open(connection.kubeconfig);
  const namespace = `conformance-${process.pid}-${Math.floor(Math.random() * 1e6)}`;
  const namespaceObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await raw.post('/api/v1/namespaces', namespaceObject);
  await raw.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  await connection.kubectl.run(['wait', '--for=condition=established', `crd/${definitionName}`, '--timeout=60s']);
  const subject = { ...connection, raw, namespace };
  // A real server says established shortly before it serves, and applies by the schema only some time later.
  await until(async () => (await raw.get(collection(subject))).status === 200);
  const undeclared = widget('probe', { size: 1, undeclared: 1 });
  const probe = `${collection(subject)}/probe?dryRun=All&fieldManager=probe`;
  await until(async () => {
    const { status } = await raw.call('PATCH', probe, {
      body: undeclared,
      contentType: 'application/apply-patch+yaml',
    });
    return status >= 400;
  });
  return subject;
}

export async function cleanUp({ raw, namespace }: Subject): Promise<void> {
  await raw.delete(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definitionName}`);
  await raw.delete(`/api/v1/namespaces/${namespace}`);
}

/** Path of the suite's own objects. */
export const collection = ({ namespace }: Subject): string =>
  `/apis/${widgets.group}/${widgets.version}/namespaces/${namespace}/widgets`;

export const configMaps = ({ namespace }: Subject): string => `/api/v1/namespaces/${namespace}/configmaps`;

export const widget = (name: string, spec: object = { size: 1 }, metadata: object = {}): JsonObject =>
  ({
    apiVersion: `${widgets.group}/${widgets.version}`,
    kind: 'Widget',
    metadata: { name, ...metadata },
    spec,
  }) as JsonObject;

export const configMap = (name: string, data?: object, metadata: object = {}): JsonObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, ...(data ? { data } : {}) }) as JsonObject;

/** Asks again until the answer is yes. Rejects after half a minute. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come true within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
