import { namespace } from '../../api/names';
import type { KubeObject, Resource } from '../../api/meta';
import { isAlreadyExists, type KubeClient } from '../../runtime/kube/client';
import { storageClasses, type StorageClass } from '../kubernetes/kinds';
import { shippedDefinitions, shippedObjects } from './manifests';

const options = { fieldManager: 'installer' };

interface Definition extends KubeObject {
  status?: { conditions?: { type: string; status: string }[] };
}
const definitions: Resource<Definition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};
const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const drivers: Resource = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
};

/** What `kubectl apply -k config/default` installs, without the workloads. What is there already is left. */
export async function install(kube: KubeClient): Promise<void> {
  for (const definition of shippedDefinitions()) await make(kube, definitions, definition as Definition);
  for (const name of ['default', namespace]) {
    await make(kube, namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  for (const object of shippedObjects<KubeObject>('base/csidriver.yaml')) await make(kube, drivers, object);
  for (const object of shippedObjects<StorageClass>('base/storageclasses.yaml'))
    await make(kube, storageClasses, object);
  await Promise.all(shippedDefinitions().map((definition) => established(kube, definition as Definition)));
}

async function make<T extends KubeObject>(kube: KubeClient, resource: Resource<T>, object: T): Promise<void> {
  try {
    await kube.create(resource, object, options);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** A kind is served a moment after its definition was taken. */
async function established(kube: KubeClient, { metadata }: KubeObject): Promise<void> {
  const isEstablished = (definition: Definition | undefined) =>
    definition?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
  const seen = await kube.list(definitions, { fieldSelector: `metadata.name=${metadata.name}` });
  if (isEstablished(seen.items[0])) return;
  const stop = new AbortController();
  const selector = { fieldSelector: `metadata.name=${metadata.name}`, resourceVersion: seen.resourceVersion };
  for await (const event of kube.watch(definitions, selector, stop.signal)) {
    if (event.type !== 'BOOKMARK' && isEstablished(event.object)) break;
  }
  stop.abort();
}
