import { indexes } from '../../../api/indexes';
import type { MeshStorMigration, MeshStorNodeDevice, MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { layoutOf } from '../../../api/layout';
import type { Lister } from '../../../runtime/lister';
import { candidates, type Drives } from './space';
import { viewOf, type View } from './view';

export interface Eyes extends Drives {
  readonly volumes: Lister<MeshStorVolume>;
  /** With index byVolumeName. */
  readonly migrations: Lister<MeshStorMigration>;
}

export function observe(eyes: Eyes, volume: MeshStorVolume, handoverOverdue: boolean): View {
  const ofThisName = eyes.partitions.byIndex(indexes.byVolumeName, volume.metadata.name);
  for (const partition of ofThisName) eyes.promises.seen(partition);
  const partitions = ofThisName.filter(({ spec }) => spec.volumeUID === volume.metadata.uid);
  const promised = eyes.promises.of(volume.metadata.uid!);
  const nodes = new Set(partitions.map(({ spec }) => spec.nodeName));
  for (const node of [volume.status?.owner?.nodeName, volume.spec.nodeName]) if (node) nodes.add(node);
  // Of hundreds of drives, those that matter to this volume.
  const devices = [...nodes].flatMap((node) => eyes.devices.byIndex(indexes.byNode, node));
  return viewOf({
    volume,
    partitions,
    promised,
    takenSlots: [...ofThisName, ...promised].map(({ spec }) => spec.slot),
    candidates: needsPlacement(volume, partitions) || needsLocalCopy(volume, partitions) ? candidates(eyes) : [],
    deadNodes: new Set([...nodes].filter((node) => eyes.liveness.isDead(node))),
    handoverOverdue,
    unfit: volume.spec.nodeName === undefined ? undefined : eyes.liveness.unfit(volume.spec.nodeName),
    migrations: eyes.migrations.byIndex(indexes.byVolumeName, volume.metadata.name),
    absences: absences(eyes, volume, partitions, devices),
    evacuated: new Set(devices.filter(({ spec }) => spec.evacuate).flatMap(({ status }) => status?.deviceID ?? [])),
  });
}

function needsPlacement(volume: MeshStorVolume, partitions: readonly MeshStorPartition[]): boolean {
  const live = partitions.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return volume.status?.array?.createdAt === undefined && live.length < layoutOf(volume.spec).expectedMembers;
}

/** Whether the volume is used on a node that has no copy of it. */
function needsLocalCopy({ status, spec }: MeshStorVolume, partitions: readonly MeshStorPartition[]): boolean {
  const owner = status?.owner;
  if (owner?.purpose !== 'Attach' || !spec.followConsumer || status?.array?.createdAt === undefined) return false;
  return !partitions.some((partition) => partition.spec.nodeName === owner.nodeName);
}

/** Members that are away, and how long they may still be. */
function absences(
  { clock, liveness }: Eyes,
  { spec, status }: MeshStorVolume,
  partitions: readonly MeshStorPartition[],
  devices: readonly MeshStorNodeDevice[],
): View['absences'] {
  const now = clock.now();
  const away = (status?.partitions ?? []).filter(({ state }) => state === 'Missing' || state === 'Faulty');
  return away.flatMap(({ name, updatedAt }) => {
    const nodeName = partitions.find(({ metadata }) => metadata.name === name)?.spec.nodeName;
    if (nodeName === undefined) return [];
    const due = Date.parse(updatedAt ?? '') + spec.memberMissingTimeout * 1000 - now;
    const holds = devices.filter((device) => device.spec.node === nodeName).map(({ spec }) => spec.maintenanceUntil);
    const heldMs = Math.max(0, ...holds.map((until) => Date.parse(until ?? '') - now).filter((ms) => ms > 0));
    return [{ name, nodeName, dueMs: Number.isNaN(due) ? 0 : Math.max(0, due), heldMs, storm: liveness.manyAreDead }];
  });
}
