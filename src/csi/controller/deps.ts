import type { MeshStorNodeDevice } from '../../api/model';
import type { Clock } from '../../runtime/clock';
import type { Cache, VolumeCaches } from '../caches';
import type { Inflight } from '../inflight';
import type { VolumeStore } from '../volumes';
import type { Waiter } from '../wait';
import type { Nodes } from './nodes';

/** Which nodes are dead, by what this process has heard of them. */
export interface HeardNodes {
  /** False before every node that says anything was heard once. */
  readonly hasSynced: boolean;
  isDead(nodeName: string): boolean;
}

/** What the calls of the controller service work with. */
export interface ControllerDeps {
  readonly store: VolumeStore;
  readonly caches: VolumeCaches;
  readonly devices: Cache<MeshStorNodeDevice>;
  readonly heard: HeardNodes;
  readonly nodes: Nodes;
  readonly waiter: Waiter;
  readonly inflight: Inflight;
  readonly clock: Clock;
}
