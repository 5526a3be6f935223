import type { MeshStorNodeDevice, MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { layoutOf } from '../../../api/layout';
import type { Clock } from '../../../runtime/clock';
import type { Lister } from '../../../runtime/lister';
import type { Liveness } from '../../liveness';
import type { Candidate } from './placement';
import { candidateOf, type Promises, type Unreported } from './space';
import { viewOf, type View } from './view';

/** Names of the partition informer's indexes. */
export const indexes = { byVolumeName: 'volumeName', byNode: 'nodeName' } as const;

export interface Eyes {
  readonly volumes: Lister<MeshStorVolume>;
  readonly partitions: Lister<MeshStorPartition>;
  readonly devices: Lister<MeshStorNodeDevice>;
  readonly liveness: Liveness;
  readonly promises: Promises;
  readonly unreported: Unreported;
  readonly clock: Clock;
}

export function observe(eyes: Eyes, volume: MeshStorVolume, handoverOverdue: boolean): View {
  const ofThisName = eyes.partitions.byIndex(indexes.byVolumeName, volume.metadata.name);
  for (const { metadata } of ofThisName) eyes.promises.settle(metadata.name);
  const partitions = ofThisName.filter(({ spec }) => spec.volumeUID === volume.metadata.uid);
  const promised = eyes.promises.of(volume.metadata.uid!);
  const nodes = new Set(partitions.map(({ spec }) => spec.nodeName));
  for (const node of [volume.status?.owner?.nodeName, volume.spec.nodeName]) if (node) nodes.add(node);
  return viewOf({
    volume,
    partitions,
    promised,
    takenSlots: [...ofThisName, ...promised].map(({ spec }) => spec.slot),
    candidates: needsPlacement(volume, partitions) ? candidates(eyes) : [],
    deadNodes: new Set([...nodes].filter((node) => eyes.liveness.isDead(node))),
    handoverOverdue,
  });
}

function needsPlacement(volume: MeshStorVolume, partitions: readonly MeshStorPartition[]): boolean {
  const live = partitions.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return volume.status?.array?.createdAt === undefined && live.length < layoutOf(volume.spec).expectedMembers;
}

function candidates({ devices, unreported, promises, clock, liveness }: Eyes): Candidate[] {
  const now = clock.now();
  return devices.list().map((device) => {
    const id = device.status?.deviceID ?? '';
    const candidate = candidateOf(device, unreported.on(device), promises.on(id), now);
    const dead = liveness.isDead(device.spec.node);
    return dead && !candidate.excluded ? { ...candidate, excluded: 'is on a node that is not heard of' } : candidate;
  });
}
