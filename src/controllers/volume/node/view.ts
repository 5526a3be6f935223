import { arrayUUID, exportNQN, namespaceUUID, parseExportNQN } from '../../../api/identity';
import { coversAll, layoutOf, type Layout } from '../../../api/layout';
import type { DepartedMember, InSyncMember, MeshStorPartition, MeshStorVolume, Owner } from '../../../api/model';
import { cacheSession, isCreated, isWantedOn, memberPartitions } from '../../../api/volume';
import { ArrayMemberState, ImportState, SyncAction } from '../../../host/gen/host';
import type { Array as HostArray, ArrayMember, Import, Member, Stack } from '../../../host/gen/host';

/** Everything a decision of the node half rests on. */
export interface View {
  readonly nodeName: string;
  /** Undefined when the API server said that this volume (this UID) does not exist. */
  readonly volume: MeshStorVolume | undefined;
  readonly partitions: readonly MeshStorPartition[];
  readonly stack: Stack;
  /** The array is new and unrecorded, nobody waits for it, and its first record may wait a moment for more. */
  readonly mayDefer: boolean;
  /**
   * NQNs that are being connected, or whose last attempt failed a moment ago, and how; and members (`slotId`),
   * stops (`stopId`) and starts (`startId`) on which something failed a moment ago. Connecting takes seconds, and
   * none of this holds anything else up.
   */
  readonly attempts: ReadonlyMap<string, Error | undefined>;
  /** The volume device was to be suspended, and waits for what is below it; it takes nothing new meanwhile. */
  readonly freezing: boolean;
  /** The device was suspended because a loss could not be recorded, and for nothing else that this process knows of. */
  readonly awaitsRecord: boolean;
  /** This process saw the array run, so that one that does not run was stopped. A loss of power ends the process. */
  readonly ran: boolean;
  /** What a synchronisation of this array is to get beside other I/O, in KiB/s (SyncBudget). */
  readonly syncShare: number;
}

/** A view of a volume that this node owns. */
export interface OwnedView extends View {
  readonly volume: MeshStorVolume;
  readonly owner: Owner;
  readonly layout: Layout;
  readonly arrayUUID: string;
  readonly legs: readonly Leg[];
  /** Recorded members whose partition object is gone. */
  readonly orphans: readonly InSyncMember[];
}

/** One member of the volume, from its partition up to its place in the array. */
export interface Leg {
  readonly partition: MeshStorPartition;
  readonly slot: number;
  readonly partitionUUID: string;
  readonly local: boolean;
  /** md role it is created in. */
  readonly role: number;
  /** The provider confirmed the present epoch: no earlier owner can reach it. */
  readonly fenced: boolean;
  readonly nqn: string;
  readonly namespaceUUID: string;
  readonly import: Import | undefined;
  readonly member: Member | undefined;
  readonly inArray: ArrayMember | undefined;
  readonly recorded: InSyncMember | undefined;
  /** How it left the array, under the present epoch. */
  readonly departed: DepartedMember | undefined;
  /** Its partition is to be given up: it leaves as soon as it is not needed any more. */
  readonly leaving: boolean;
  /** The cluster half says that its node is dead or its partition lost. */
  readonly absent: boolean;
}

/** Undefined when this node does not own the volume, or its stack was built under another epoch. */
export function owned(view: View): OwnedView | undefined {
  const { volume, nodeName, stack } = view;
  const owner = volume?.status?.owner;
  if (!volume || owner?.nodeName !== nodeName) return undefined;
  if (stack.members.some(({ epoch }) => epoch !== owner.epoch)) return undefined;
  const layout = layoutOf(volume.spec);
  const live = memberPartitions(volume, view.partitions).sort((a, b) => a.spec.slot - b.spec.slot);
  const roles = rolesOf(layout, live);
  const legs = live.map((partition) => legOf(view, volume, owner, partition, roles.get(partition.metadata.name)!));
  const known = new Set(legs.map((leg) => leg.partitionUUID));
  return {
    ...view,
    volume,
    owner,
    layout,
    arrayUUID: arrayUUID(volume.metadata.uid!),
    legs,
    orphans: (volume.status?.inSync ?? []).filter((member) => !known.has(member.partitionUUID)),
  };
}

function legOf(view: View, volume: MeshStorVolume, owner: Owner, partition: MeshStorPartition, role: number): Leg {
  const { slot, partitionUUID, nodeName } = partition.spec;
  const session = cacheSession(partition.status ?? {});
  const nqn = exportNQN(volume.metadata.uid!, partitionUUID, owner.epoch, session);
  const local = nodeName === view.nodeName;
  const entry = volume.status?.partitions?.find(({ name }) => name === partition.metadata.name);
  const exported = partition.status?.export;
  return {
    partition,
    slot,
    partitionUUID,
    local,
    role,
    fenced:
      isCreated(partition) &&
      exported?.epoch === owner.epoch &&
      (local ? exported.state === 'None' : exported.state === 'Serving' && exported.nqn === nqn),
    nqn,
    namespaceUUID: namespaceUUID(partitionUUID, owner.epoch),
    import: view.stack.imports.find((candidate) => candidate.nqn === nqn),
    member: view.stack.members.find((member) => member.slot === slot && member.partitionUuid === partitionUUID),
    inArray: view.stack.array?.members.find((member) => member.slot === slot),
    recorded: volume.status?.inSync?.find((member) => member.partitionUUID === partitionUUID),
    departed: departedOf(volume, owner).find((member) => member.partitionUUID === partitionUUID),
    leaving: partition.metadata.deletionTimestamp !== undefined,
    absent: entry?.state === 'Missing' || entry?.state === 'Faulty',
  };
}

/** Those that left under the present epoch: what happened to others since they left, nobody here knows. */
export const departedOf = (volume: MeshStorVolume, owner: Owner): DepartedMember[] =>
  (volume.status?.departed ?? []).filter(({ epoch }) => epoch === owner.epoch);

/**
 * Roles for a new array: one column of mirrors per node, so that mirror halves never share one. Partitions
 * beyond the layout get roles beyond it and join as spares.
 */
export function rolesOf(layout: Layout, sorted: readonly MeshStorPartition[]): Map<string, number> {
  const columns: string[] = [];
  const used = new Map<string, number>();
  const roles = new Map<string, number>();
  for (const { metadata, spec } of sorted) {
    if (!columns.includes(spec.nodeName)) columns.push(spec.nodeName);
    const drive = used.get(spec.nodeName) ?? 0;
    used.set(spec.nodeName, drive + 1);
    roles.set(metadata.name, drive * layout.mirrors + columns.indexOf(spec.nodeName));
  }
  return roles;
}

/** The member that was made to take this one's place. */
export const successorOf = ({ legs }: OwnedView, leg: Leg): Leg | undefined =>
  legs.find(({ partition, leaving }) => partition.spec.replaces === leg.partitionUUID && !leaving);

/** Names a member in `attempts`. */
export const slotId = (slot: number): string => `slot ${slot}`;
/** Names the array in `attempts`, when it did not stop in time. */
export const stopId = 'stop';
/** Names these members in `attempts`, when md refused to run them together. */
export const startId = (slots: readonly number[]): string => `start ${slots.join()}`;
/** Something done to this member failed a moment ago; it is left alone until then is over. */
export const isSetAside = ({ attempts }: View, slot: number): boolean => attempts.has(slotId(slot));

/** A provider of what is recorded obeys another owner, or is about to let go of it. */
export const isFencedOff = ({ metadata, status }: MeshStorVolume, { imports }: Stack): boolean => {
  const recorded = new Set(status?.inSync?.map(({ partitionUUID }) => partitionUUID));
  return imports.some(({ nqn, state }) => {
    if (state !== ImportState.FENCED) return false;
    const { volumeUID, partitionUUID, epoch } = parseExportNQN(nqn)!;
    return volumeUID === metadata.uid && epoch === status?.owner?.epoch && recorded.has(partitionUUID);
  });
};
/** Nobody gets an answer from the volume device. */
export const isFrozen = ({ stack: { device }, freezing }: Pick<View, 'stack' | 'freezing'>): boolean =>
  !device || device.suspended || freezing;

/** A check that a person asked for is not meant. */
export const isSynchronising = ({ syncAction }: HostArray): boolean =>
  syncAction === SyncAction.RECOVER || syncAction === SyncAction.RESYNC;

export const isWanted = ({ volume, nodeName }: OwnedView): boolean => isWantedOn(volume, nodeName);
export const isAttachedHere = ({ volume, nodeName }: OwnedView): boolean => volume.spec.nodeName === nodeName;
export const wasCreated = ({ volume }: OwnedView): boolean => volume.status?.array?.createdAt !== undefined;

/** The path leads to an export of another session of the drive, to which the kernel cannot get back. */
export const isOutdatedPath = ({ member, nqn }: Leg): boolean =>
  member?.path?.nqn !== undefined && member.path.nqn !== nqn;
/** The member's bytes can be reached now, and I/O to it waits should that end. */
export const isUsable = (leg: Leg): boolean =>
  leg.fenced && leg.member?.path !== undefined && leg.member.queueing && !isOutdatedPath(leg);

export const isImportLive = (leg: Leg): boolean => leg.import?.state === ImportState.LIVE;
/**
 * It can be used, by a connection that lives. A path by itself counts as working until I/O fails on it, and an idle
 * volume sends none: what is given up because others hold the data too is only given up for such others.
 */
export const isReached = (leg: Leg): boolean => isUsable(leg) && (leg.local || isImportLive(leg));

export const isImportFenced = (leg: Leg): boolean => leg.import?.state === ImportState.FENCED;

export const isInSyncPerMd = ({ inArray }: Leg): boolean => inArray?.state === ArrayMemberState.IN_SYNC;
export const isFaultyPerMd = ({ inArray }: Leg): boolean => inArray?.state === ArrayMemberState.FAULTY;

/** The member carries the superblock the record says it should. */
export const isWhoItShouldBe = (leg: Leg, array: string): boolean =>
  leg.recorded !== undefined &&
  leg.member?.superblock?.arrayUuid === array &&
  leg.member.superblock.memberUuid === leg.recorded.memberUUID;

/** Whether these members hold all data between them, by the roles md gave them. */
export const coverAll = (layout: Layout, legs: readonly Leg[]): boolean =>
  coversAll(
    layout,
    legs.map((leg) => leg.recorded?.role ?? leg.inArray?.role ?? leg.role),
  );
