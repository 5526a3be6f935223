import type { KubeObject, Resource } from '../../api/meta';
import { Informer } from '../../runtime/cache/informer';
import type { Clock, Random } from '../../runtime/clock';
import type { KubeClient } from '../../runtime/kube/client';
import type { Logger } from '../../runtime/log';
import {
  claims,
  claimsOf,
  csiNodes,
  nodes,
  persistentVolumes,
  pods,
  storageClasses,
  volumeAttachments,
  type Claim,
  type Pod,
} from './kinds';

export interface Surroundings {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** The caches that the simulated components share. */
export type Informers = ReturnType<typeof newInformers>;

export function newInformers({ kube, clock, random, log }: Surroundings) {
  const of = <T extends KubeObject>(resource: Resource<T>, indexers = {}) =>
    new Informer<T>({ client: kube, resource, clock, random, log, indexers });
  return {
    pods: of(pods, {
      claim: (pod: Pod) => claimsOf(pod).map((name) => `${pod.metadata.namespace}/${name}`),
      node: (pod: Pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []),
    }),
    claims: of(claims, { volume: ({ spec }: Claim) => (spec.volumeName ? [spec.volumeName] : []) }),
    volumes: of(persistentVolumes),
    classes: of(storageClasses),
    attachments: of(volumeAttachments),
    nodes: of(nodes),
    csiNodes: of(csiNodes),
  };
}

/** Key of a namespaced object. */
export const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

export function byKey<T extends KubeObject>(informer: Informer<T>, key: string): T | undefined {
  const [namespace, name] = key.split('/') as [string, string];
  return informer.get(name, namespace);
}
