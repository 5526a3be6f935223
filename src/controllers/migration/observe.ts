import { indexes } from '../../api/indexes';
import { layoutOf } from '../../api/layout';
import type { MeshStorMigration, MeshStorVolume } from '../../api/model';
import type { Lister } from '../../runtime/lister';
import { candidates, type Drives } from '../volume/cluster/space';
import type { Decided } from './decided';
import type { Claim, Limits } from './queue';
import { plannedSlots } from './report';
import { isFinished, isStarted, type View } from './view';

export interface Eyes extends Drives {
  readonly volumes: Lister<MeshStorVolume>;
  readonly migrations: Lister<MeshStorMigration>;
  readonly limits: Limits;
  readonly decided: Decided;
}

export function observe(eyes: Eyes, migration: MeshStorMigration): View {
  const { volumeName } = migration.spec;
  const volume = eyes.volumes.get(volumeName);
  const ofThisName = eyes.partitions.byIndex(indexes.byVolumeName, volumeName);
  for (const partition of ofThisName) eyes.promises.seen(partition);
  const partitions = ofThisName.filter(({ spec }) => spec.volumeUID === volume?.metadata.uid);
  const promised = volume ? eyes.promises.of(volume.metadata.uid!) : [];
  const isMe = (one: MeshStorMigration) => one.metadata.name === migration.metadata.name;
  // It counts on its own decision only when that is on record.
  const all = eyes.migrations.list().map((one) => (isMe(one) ? one : eyes.decided.seen(one)));
  const unfinished = all.filter((one) => !isFinished(one));
  const siblings = unfinished.filter(({ spec }) => spec.volumeName === volumeName);
  const others = unfinished.filter((one) => !isMe(one));
  const nodes = [...new Set(partitions.map(({ spec }) => spec.nodeName))];
  return {
    migration,
    volume,
    layout: volume && layoutOf(volume.spec),
    partitions: [...partitions, ...promised],
    takenSlots: [
      ...[...ofThisName, ...promised].map(({ spec }) => spec.slot),
      ...siblings.flatMap(plannedSlots),
      ...(volume?.status?.inSync ?? []).map(({ slot }) => slot),
      ...(volume?.status?.departed ?? []).map(({ slot }) => slot),
    ],
    candidates: volume && !isFinished(migration) && !isStarted(migration) ? candidates(eyes) : [],
    storm: eyes.liveness.manyAreDead,
    deadNodes: new Set(nodes.filter((node) => eyes.liveness.isDead(node))),
    queue: { me: claimOf(eyes, migration), others: others.map((one) => claimOf(eyes, one)), limits: eyes.limits },
  };
}

function claimOf(eyes: Eyes, migration: MeshStorMigration): Claim {
  const { metadata, spec, status } = migration;
  const volume = eyes.volumes.get(spec.volumeName);
  const inSync = volume?.status?.inSync?.length ?? 0;
  return {
    name: metadata.name,
    volumeName: spec.volumeName,
    started: isStarted(migration),
    paused: spec.paused,
    reason: spec.reason,
    lacking: volume ? Math.max(0, layoutOf(volume.spec).expectedMembers - inSync) : 0,
    inSync,
    createdAt: metadata.creationTimestamp ?? '',
    owner: volume?.status?.owner?.nodeName,
    targets: [...new Set((status?.moves ?? []).flatMap(({ target, nodeName }) => (target ? (nodeName ?? []) : [])))],
  };
}
