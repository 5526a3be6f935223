import type { HostAgent } from '../../host/contract';
import type { KubeClient } from '../../runtime/kube/client';
import type { VolumeCache } from '../caches';
import type { Inflight } from '../inflight';
import type { VolumeStore } from '../volumes';
import type { Waiter } from '../wait';

/** What the calls of the node service work with. */
export interface NodeDeps {
  readonly nodeName: string;
  readonly host: HostAgent;
  readonly kube: KubeClient;
  readonly store: VolumeStore;
  /** Of the volumes that this node consumes. */
  readonly cache: VolumeCache;
  readonly waiter: Waiter;
  readonly inflight: Inflight;
}
