import type { MeshStorPartition } from '../../api/model';
import { annotations } from '../../api/names';
import type { EventSink } from '../../controllers/event-sink';
import { allDrives, NodeDeviceReconciler } from '../../controllers/nodedevice';
import { PartitionReconciler } from '../../controllers/partition';
import { NodeVolumeReconciler, volumeKey } from '../../controllers/volume/node';
import type { PaceOptions } from '../../controllers/volume/pace';
import type { HostAgent } from '../../host/contract';
import { Controller } from '../../runtime/controller/controller';
import { watched, type Source } from '../../runtime/controller/source';
import type { Reconciler } from '../../runtime/reconciler';
import type { Surroundings } from '../surroundings';
import { endpointOf, zoneOf } from './addresses';
import { HostEvents } from './host-events';
import { newNodeInformers, type NodeInformers } from './informers';

export interface NodeSettings {
  readonly nodeName: string;
  readonly allowOldKernel: boolean;
  readonly pace?: PaceOptions;
  /** Bytes a second (SyncBudget). */
  readonly syncBandwidth?: number;
}

/** The moving parts of the node process, wired and not yet started. */
export interface NodeParts {
  readonly informers: NodeInformers;
  readonly controllers: readonly Controller[];
  readonly hostEvents: HostEvents;
  /** Of the node's lease. */
  readonly leaseAnnotations: () => Record<string, string | null>;
}

/** Host calls that fail are tried again at most this rarely: a returning drive or peer is found soon. */
const rateLimit = { baseMs: 50, maxMs: 30_000 };
/** Volumes and partitions worked on at once; each mostly waits for the host agent. */
const workers = 16;

export function nodeParts(
  surroundings: Surroundings,
  host: HostAgent,
  events: EventSink,
  settings: NodeSettings,
): NodeParts {
  const { clock, random, log, metrics, kube } = surroundings;
  const { nodeName, allowOldKernel, pace, syncBandwidth } = settings;
  const informers = newNodeInformers(surroundings, nodeName);
  const thisNode = () => informers.thisNode.get(nodeName);
  const controller = (reconciler: Reconciler, sources: readonly Source[], parallel: number) =>
    new Controller({ reconciler, sources, clock, random, log, metrics, workers: parallel, rateLimit });
  const shared = { ...informers, kube, host, clock, events, nodeName };
  // Nothing before the first verdict: what the former process said of the node stands until then.
  let verdict: Record<string, string | null> = {};
  const judged = (why: string | undefined) => (verdict = { [annotations.unfit]: why ?? null });

  const volumes: Controller = controller(
    new NodeVolumeReconciler({
      ...shared,
      enqueue: (key) => volumes.enqueue(key),
      ...(pace && { pace }),
      ...(syncBandwidth && { syncBandwidth }),
    }),
    [
      watched(informers.volumes, ({ metadata }) => [volumeKey({ name: metadata.name, uid: metadata.uid! })]),
      watched(informers.partitions, volumeOf),
    ],
    workers,
  );
  const partitions = controller(
    new PartitionReconciler({ ...shared, endpoint: () => endpointOf(thisNode()) }),
    [watched(informers.partitions), watched(informers.thisNode, () => informers.partitions.keys())],
    workers,
  );
  const drives = controller(
    new NodeDeviceReconciler({ ...shared, zone: () => zoneOf(thisNode()), allowOldKernel, judged }),
    [watched(informers.devices, () => [allDrives]), watched(informers.partitions, () => [allDrives])],
    1,
  );
  const hostEvents = new HostEvents(surroundings, host, informers, {
    volume: (key) => volumes.enqueue(key),
    partition: (name) => partitions.enqueue(name),
    drives: (key) => drives.enqueue(key),
  });
  return { informers, controllers: [volumes, partitions, drives], hostEvents, leaseAnnotations: () => verdict };
}

const volumeOf = ({ spec }: MeshStorPartition): string[] => [volumeKey({ name: spec.volumeName, uid: spec.volumeUID })];
