import { indexes } from '../../api/indexes';
import type { MeshStorNodeDevice, MeshStorPartition, MeshStorVolume } from '../../api/model';
import { namespace, nodeLeaseName } from '../../api/names';
import { leases, migrations, nodeDevices, partitions, volumes, type Lease } from '../../api/resources';
import type { KubeObject, Resource } from '../../api/meta';
import type { EventSink } from '../../controllers/event-sink';
import { Liveness } from '../../controllers/liveness';
import { MigrationReconciler } from '../../controllers/migration';
import { defaultLimits, type Limits } from '../../controllers/migration/queue';
import { isFinished } from '../../controllers/migration/view';
import { ClusterVolumeReconciler } from '../../controllers/volume/cluster';
import { Promises, Unreported } from '../../controllers/volume/cluster/space';
import type { PaceOptions } from '../../controllers/volume/pace';
import type { HeardNodes } from '../../csi/controller/deps';
import { Informer, type InformerOptions } from '../../runtime/cache/informer';
import { packedStore } from '../../runtime/cache/packed/codec';
import { Controller } from '../../runtime/controller/controller';
import { watched, type Source } from '../../runtime/controller/source';
import { sameJSON } from '../../runtime/same-json';
import type { Surroundings } from '../surroundings';

/** Name of the volume informer's index over status.owner.nodeName. */
const byOwner = 'owner';

export type ControllerInformers = ReturnType<typeof newControllerInformers>;

export function newControllerInformers({ kube: client, clock, random, log, metrics }: Surroundings) {
  const of = <T extends KubeObject>(resource: Resource<T>, more: Partial<InformerOptions<T>> = {}) =>
    new Informer<T>({ client, resource, clock, random, log, metrics, ...more });
  return {
    // There are tens of thousands of these.
    volumes: of<MeshStorVolume>(volumes, {
      store: packedStore(),
      indexers: { [byOwner]: ({ status }) => (status?.owner ? [status.owner.nodeName] : []) },
    }),
    partitions: of<MeshStorPartition>(partitions, {
      store: packedStore(),
      indexers: {
        [indexes.byVolumeName]: ({ spec }) => [spec.volumeName],
        [indexes.byNode]: ({ spec }) => [spec.nodeName],
      },
    }),
    devices: of<MeshStorNodeDevice>(nodeDevices, {
      indexers: { [indexes.byNode]: ({ spec }) => [spec.node] },
    }),
    migrations: of(migrations, { indexers: { [indexes.byVolumeName]: ({ spec }) => [spec.volumeName] } }),
    leases: of<Lease>(leases, { selectors: [{ namespace }] }),
  };
}

export interface ControllerParts {
  readonly informers: ControllerInformers;
  /** To be run by the leader only. */
  readonly controllers: readonly Controller[];
  readonly liveness: Liveness;
  /** The same for the CSI services, which every replica has. */
  readonly heard: HeardNodes;
}

/** Failures are the API server's; it wants to be left alone for a while, but not for long. */
const rateLimit = { baseMs: 20, maxMs: 30_000 };
/** Volumes decided on at once; a pass mostly waits for the API server. */
const workers = 32;

/** The moving parts of the controller process, wired and not yet started. */
export function controllerParts(
  surroundings: Surroundings,
  events: EventSink,
  pace?: PaceOptions,
  limits: Limits = defaultLimits,
): ControllerParts {
  const { kube, clock, random, log, metrics } = surroundings;
  const informers = newControllerInformers(surroundings);
  const liveness = new Liveness(clock);
  informers.leases.onChange(({ before, now }) => {
    if (now) liveness.observe(now);
    else if (before) liveness.forget(before.metadata.name);
  });
  const unreported = new Unreported(clock);
  const promises = new Promises();
  informers.partitions.onChange((change) => {
    unreported.observe(change);
    promises.observe(change);
  });
  const shared = { ...informers, kube, clock, events, liveness, promises, unreported };
  const volumeController = new Controller({
    reconciler: new ClusterVolumeReconciler({ ...shared, ...(pace && { pace }) }),
    sources: [
      watched(
        informers.volumes,
        ({ metadata }) => [metadata.name],
        () => informers.volumes.keys(),
      ),
      watched(
        informers.partitions,
        ({ spec }) => [spec.volumeName],
        () => informers.partitions.indexed(indexes.byVolumeName),
      ),
      watched(informers.migrations, ({ spec }) => [spec.volumeName]),
      // Deaths cannot be judged, and nothing can be placed, before these are known.
      wishes(informers),
      watched(informers.leases, () => []),
    ],
    clock,
    random,
    log,
    metrics,
    workers,
    rateLimit,
  });
  liveness.onChange((leaseName) => {
    for (const name of volumesOn(informers, leaseName)) volumeController.enqueue(name);
  });
  const reconciler = new MigrationReconciler({ ...shared, limits });
  const migrationController = migrationControllerOf(surroundings, informers, reconciler);
  const heard = heardBy(liveness, informers);
  return { informers, controllers: [volumeController, migrationController], liveness, heard };
}

const heardBy = (liveness: Liveness, { leases: all }: ControllerInformers): HeardNodes => ({
  get hasSynced() {
    return all.hasSynced;
  },
  isDead: (nodeName) => liveness.isDead(nodeName),
});

function migrationControllerOf(
  { clock, random, log, metrics }: Surroundings,
  informers: ControllerInformers,
  reconciler: MigrationReconciler,
): Controller {
  return new Controller({
    reconciler,
    sources: [
      watched(informers.migrations),
      // At a start they name themselves.
      watched(
        informers.volumes,
        ({ metadata }) => migrationsOf(informers, metadata.name),
        () => [],
      ),
      watched(
        informers.partitions,
        ({ spec }) => migrationsOf(informers, spec.volumeName),
        () => [],
      ),
    ],
    clock,
    random,
    log,
    metrics,
    rateLimit,
  });
}

/** Volumes with a partition on the node that renews this lease, or owned by it. */
function volumesOn({ volumes: all, partitions: spread }: ControllerInformers, leaseName: string): Set<string> {
  const prefix = nodeLeaseName('');
  if (!leaseName.startsWith(prefix)) return new Set();
  const nodeName = leaseName.slice(prefix.length);
  const held = spread.byIndex(indexes.byNode, nodeName).map(({ spec }) => spec.volumeName);
  const owned = all.byIndex(byOwner, nodeName);
  return new Set([...held, ...owned.map(({ metadata }) => metadata.name)]);
}

/** Unfinished moves of a volume, by name. */
const migrationsOf = ({ migrations: all }: ControllerInformers, volumeName: string): string[] =>
  all
    .byIndex(indexes.byVolumeName, volumeName)
    .filter((migration) => !isFinished(migration))
    .map(({ metadata }) => metadata.name);

/**
 * Volumes on a drive are looked at when people change what they want of it, and not at each of its heartbeats. At a start
 * every volume is looked at anyway.
 */
const wishes = ({ devices, partitions: spread }: ControllerInformers): Source => ({
  start: (enqueue) =>
    devices.onLaterChange(({ before, now }) => {
      if (sameJSON(before?.spec, now?.spec)) return;
      const held = spread.byIndex(indexes.byNode, (now ?? before).spec.node);
      for (const { spec } of held) enqueue(spec.volumeName);
    }),
  whenSynced: () => devices.whenSynced(),
});
