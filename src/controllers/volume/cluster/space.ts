import { conditionTypes } from '../../../api/conditions';
import { exclusionOf, reportedAt } from '../../../api/drive';
import type { MeshStorNodeDevice, MeshStorPartition } from '../../../api/model';
import { silenceLimitMs } from '../../../api/silence';
import { conditionOf } from '../../../api/volume';
import type { Change } from '../../../runtime/cache/informer';
import type { Clock } from '../../../runtime/clock';
import type { Lister } from '../../../runtime/lister';
import type { Liveness } from '../../liveness';
import type { Candidate } from './placement';

/**
 * Partitions that this process asked for and its cache does not show yet. They take space, and they stay where
 * they were planned: a pass that planned anew could put a second copy on the node that has the first.
 */
export class Promises {
  readonly #byName = new Map<string, MeshStorPartition>();

  /** Also with what the API server made of it. */
  promise(partition: MeshStorPartition): void {
    this.#byName.set(partition.metadata.name, partition);
  }

  /** The API server refused it. */
  settle(partitionName: string): void {
    this.#byName.delete(partitionName);
  }

  /**
   * The cache has this partition. That it has an earlier one of the name says nothing of the one promised. Where nobody
   * knows what the API server made of a promise, it is one of the same volume that stays.
   */
  seen({ metadata, spec }: MeshStorPartition): void {
    const promised = this.#byName.get(metadata.name);
    const isIt =
      promised?.metadata.uid === undefined
        ? promised?.spec.volumeUID === spec.volumeUID && metadata.deletionTimestamp === undefined
        : promised.metadata.uid === metadata.uid;
    if (isIt) this.settle(metadata.name);
  }

  /**
   * To be told of every change of a partition: one that the cache had is a promise no more, though nobody looked before
   * it was gone again. The end of an earlier one of its name says nothing of it.
   */
  observe({ before, now }: Change<MeshStorPartition>): void {
    const { name, uid } = (now ?? before).metadata;
    if (uid !== undefined && this.#byName.get(name)?.metadata.uid === uid) this.settle(name);
  }

  /** The volume is gone. */
  forget(volumeName: string): void {
    for (const [name, { spec }] of this.#byName) if (spec.volumeName === volumeName) this.#byName.delete(name);
  }

  of(volumeUID: string): MeshStorPartition[] {
    return [...this.#byName.values()].filter(({ spec }) => spec.volumeUID === volumeUID);
  }

  /** Bytes. */
  on(deviceID: string): number {
    const here = [...this.#byName.values()].filter(({ spec }) => spec.deviceID === deviceID);
    return here.reduce((sum, { spec }) => sum + spec.sizeBytes, 0);
  }
}

/**
 * Partitions that the report of their drive may not contain yet, by drive. Placing a volume looks at these, never at
 * all there are. Has to be told of every change of a partition.
 */
export class Unreported {
  readonly #byDevice = new Map<string, Map<string, MeshStorPartition>>();

  constructor(private readonly clock: Clock) {}

  observe({ before, now }: Change<MeshStorPartition>): void {
    const { metadata, spec } = now ?? before;
    const here = this.#byDevice.get(spec.deviceID);
    // A report that is old enough to lack it is stale, and no drive with a stale report is a candidate.
    if (now && !isInReport(now, this.clock.now() - silenceLimitMs)) {
      if (here) here.set(metadata.name, now);
      else this.#byDevice.set(spec.deviceID, new Map([[metadata.name, now]]));
    } else if (here?.delete(metadata.name) && here.size === 0) {
      this.#byDevice.delete(spec.deviceID);
    }
  }

  /** Forgets those that the report contains: later reports do, too. */
  on(device: MeshStorNodeDevice): MeshStorPartition[] {
    const here = this.#byDevice.get(device.status?.deviceID ?? '');
    if (!here) return [];
    const reported = reportedAt(device);
    for (const [name, partition] of here) if (isInReport(partition, reported)) here.delete(name);
    return [...here.values()];
  }
}

/**
 * What can be promised of a drive. `onDevice` are the partitions planned for it; those that the drive's
 * report cannot contain yet are taken off. The largest extent may not be the one they go to; then less is
 * promised than there is, until the next report.
 */
export function candidateOf(
  device: MeshStorNodeDevice,
  onDevice: readonly MeshStorPartition[],
  promised: number,
  excluded: string | undefined,
): Candidate {
  const { status, spec } = device;
  const reported = reportedAt(device);
  const pending = onDevice.filter((partition) => !isInReport(partition, reported));
  const taken = pending.reduce((sum, { spec: { sizeBytes } }) => sum + sizeBytes, promised);
  return {
    nodeName: spec.node,
    zone: status?.facts?.zone,
    device: spec.device,
    deviceID: status?.deviceID ?? '',
    sectorSize: status?.sectorSize ?? 0,
    freeBytes: (status?.biggestUsableFreeBytes ?? 0) - taken,
    excluded,
  };
}

/**
 * Both times are the providing node's own. They have whole seconds, so that a partition made in the second
 * of the report counts as not in it.
 */
function isInReport(partition: MeshStorPartition, reported: number): boolean {
  const ready = conditionOf(partition, conditionTypes.ready);
  return ready?.status === 'True' && Date.parse(ready.lastTransitionTime) < reported;
}

/** What there is to know of drives, and of what is planned for them. */
export interface Drives {
  readonly partitions: Lister<MeshStorPartition>;
  readonly devices: Lister<MeshStorNodeDevice>;
  readonly liveness: Liveness;
  readonly promises: Promises;
  readonly unreported: Unreported;
  readonly clock: Clock;
}

/** Every drive, with what can be promised of it now. */
export function candidates({ devices, unreported, promises, clock, liveness }: Drives): Candidate[] {
  const now = clock.now();
  return devices.list().map((device) => {
    const excluded = exclusionOf(device, liveness.isDead(device.spec.node), now);
    return candidateOf(device, unreported.on(device), promises.on(device.status?.deviceID ?? ''), excluded);
  });
}
