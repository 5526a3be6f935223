import type { MeshStorNodeDevice } from '../../api/model';
import type { Clock } from '../../runtime/clock';
import type { KubeClient } from '../../runtime/kube/client';
import type { Cache, VolumeCaches } from '../caches';
import type { ControllerDefinition, ControllerServiceCapability } from '../gen/csi';
import { Inflight } from '../inflight';
import type { Service } from '../service';
import { VolumeStore } from '../volumes';
import { Waiter } from '../wait';
import { getCapacity } from './capacity';
import { createVolume } from './create';
import type { ControllerDeps, HeardNodes } from './deps';
import { getVolume, listVolumes, validateCapabilities } from './inspect';
import { Nodes } from './nodes';
import { publishVolume } from './publish';
import { deleteVolume } from './remove';
import { unpublishVolume } from './unpublish';

export interface ControllerServiceOptions {
  readonly kube: KubeClient;
  /** Of all volumes and partitions. */
  readonly caches: VolumeCaches;
  readonly devices: Cache<MeshStorNodeDevice>;
  readonly heard: HeardNodes;
  readonly clock: Clock;
}

export function controllerService({
  kube,
  caches,
  devices,
  heard,
  clock,
}: ControllerServiceOptions): Service<typeof ControllerDefinition> {
  const deps: ControllerDeps = {
    store: new VolumeStore(kube),
    caches,
    devices,
    heard,
    nodes: new Nodes(kube, devices),
    waiter: new Waiter(clock, caches.changes),
    inflight: new Inflight(),
    clock,
  };
  return {
    createVolume: (request, call) => createVolume(deps, request, call),
    deleteVolume: (request, call) => deleteVolume(deps, request, call),
    controllerPublishVolume: (request, call) => publishVolume(deps, request, call),
    controllerUnpublishVolume: (request, call) => unpublishVolume(deps, request, call),
    validateVolumeCapabilities: (request) => validateCapabilities(deps, request),
    listVolumes: async (request) => listVolumes(deps, request),
    getCapacity: async (request) => getCapacity(deps, request),
    controllerGetCapabilities: async () => ({ capabilities }),
    controllerGetVolume: (request) => getVolume(deps, request),
  };
}

const capabilities: ControllerServiceCapability[] = (
  [
    'CREATE_DELETE_VOLUME',
    'PUBLISH_UNPUBLISH_VOLUME',
    'LIST_VOLUMES',
    'LIST_VOLUMES_PUBLISHED_NODES',
    'GET_CAPACITY',
    'VOLUME_CONDITION',
    'GET_VOLUME',
    'SINGLE_NODE_MULTI_WRITER',
  ] as const
).map((type) => ({ type: { $case: 'rpc', rpc: { type } } }));
