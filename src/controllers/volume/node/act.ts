import { arrayUUID, fileSystemUUID, hostIdentity } from '../../../api/identity';
import type { MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { cacheSession } from '../../../api/volume';
import type { CallOptions, HostAgent } from '../../../host/contract';
import {
  AddMode,
  ArrayLevel,
  Transport,
  type ApplyMemberRequest,
  type DeepPartial,
  type ConnectRequest,
  type FileSystem,
  type VolumeRef,
} from '../../../host/gen/host';
import { isHostError } from '../../../host/errors';
import type { Action, Verbs } from './actions';
import type { Attempts } from './attempts';
import type { VolumeRecord } from './record';
import { statusOf, type Facts } from './status';
import type { Leg, OwnedView, View } from './view';

export interface Hands {
  readonly host: HostAgent;
  readonly record: VolumeRecord;
  readonly attempts: Attempts;
  readonly nodeName: string;
  /** metav1.Time. */
  readonly now: () => string;
  /** Asks for another pass over this volume. */
  readonly again: () => void;
  readonly volume: VolumeRef;
}

interface Context extends Hands {
  readonly view: View;
  /** The view as the owner's; throws on a stack of somebody else's, for which only taking down is decided. */
  readonly mine: () => OwnedView;
  /** False for a stack of another owner, which is only taken down. */
  readonly isMine: boolean;
  /** A read from etcd that owner and record are as seen, right before what only an owner may do. */
  readonly confirm: () => Promise<unknown>;
  /** Makes facts durable, provided that all of `kept` is to stay; the volume as it is afterwards. */
  readonly write: (facts: Facts, kept?: readonly MeshStorPartition[]) => Promise<MeshStorVolume>;
}

/** md may read and write superblocks, mkfs the whole device: longer than the default, shorter than for ever. */
const slow: CallOptions = { deadlineMs: 60_000 };

type Effect<V extends keyof Verbs> = (context: Context, action: Verbs[V]) => Promise<unknown>;

const effects: { [V in keyof Verbs]: Effect<V> } = {
  suspendDevice: ({ host, volume }) => host.suspendVolumeDevice({ volume }),
  resumeDevice: async ({ host, volume, confirm }, { isOwner }) => {
    if (!isOwner) await confirm();
    return host.resumeVolumeDevice({ volume });
  },
  removeDevice: ({ host, volume }) => host.removeVolumeDevice({ volume }),
  applyDevice: ({ host, volume }) => host.applyVolumeDevice({ volume, arrayUuid: arrayUUID(volume.uid) }),
  stopArray: ({ host, volume }) => host.stopArray({ volume, arrayUuid: arrayUUID(volume.uid) }, slow),
  createArray: async ({ host, volume, mine, confirm }, { slots, remoteSlots }) => {
    await confirm();
    const { layout } = mine();
    const level = layout.level === 'raid1' ? ArrayLevel.RAID1 : ArrayLevel.RAID10;
    const shape = { level, raidDevices: layout.raidDevices, near: layout.mirrors };
    const members = { slots: [...slots], writeMostlySlots: [...remoteSlots] };
    return host.createArray({ volume, arrayUuid: arrayUUID(volume.uid), ...shape, ...members }, slow);
  },
  assembleArray: async ({ host, volume, confirm }, { members, degraded }) => {
    await confirm();
    const expected = members.map(({ slot, memberUUID }) => ({ slot, memberUuid: memberUUID }));
    const request = { volume, arrayUuid: arrayUUID(volume.uid), members: expected, allowDegraded: degraded };
    return host.assembleArray(request, slow);
  },
  // Erases what the member holds.
  addToArray: async ({ host, volume, confirm, record }, { leg, mode }) => {
    await confirm();
    if (mode === 'byBitmap') await record.confirmSession(leg.partition);
    const member = { volume, arrayUuid: arrayUUID(volume.uid), slot: leg.slot, writeMostly: !leg.local };
    if (mode === 'inFull') return host.addArrayMember({ ...member, mode: AddMode.FULL });
    return host.addArrayMember({ ...member, mode: AddMode.RE_ADD }).catch((error: unknown) => {
      // md knows better what it can do.
      if (isHostError(error, 'Invalid')) return host.addArrayMember({ ...member, mode: AddMode.FULL });
      throw error;
    });
  },
  dropFromArray: async ({ host, volume, confirm }, { slot }) => {
    await confirm();
    return host.dropArrayMember({ volume, arrayUuid: arrayUUID(volume.uid), slot });
  },
  replaceInArray: async ({ host, volume, confirm }, { slot, withSlot }) => {
    await confirm();
    return host.replaceArrayMember({ volume, arrayUuid: arrayUUID(volume.uid), slot, withSlot });
  },
  setRoles: async ({ host, volume, confirm }, { raidDevices }) => {
    await confirm();
    return host.setArrayDevices({ volume, arrayUuid: arrayUUID(volume.uid), raidDevices });
  },
  setSyncLimits: ({ host, volume }, { floor, ceiling }) =>
    host.setSyncLimits({
      volume,
      arrayUuid: arrayUUID(volume.uid),
      minKibPerSecond: floor,
      maxKibPerSecond: ceiling,
    }),
  removeFromArray: ({ host, volume }, { slot }) =>
    host.removeArrayMember({ volume, arrayUuid: arrayUUID(volume.uid), slot }),
  applyMember: (context, { leg }) => context.host.applyMember(memberRequest(context, leg)),
  queue: ({ host, volume }, { slot }) => host.setMemberPolicy({ volume, slot, queueing: true }),
  // From here on md acknowledges writes without the member: never on the word of a cache that does not show yet
  // that the member was recorded.
  fail: async ({ host, volume, isMine, confirm }, { slot }) => {
    if (isMine) await confirm();
    return host.setMemberPolicy({ volume, slot, queueing: false });
  },
  removeMember: ({ host, volume }, { slot }) => host.removeMember({ volume, slot }),
  connect: async (context, { leg }) => {
    const request = connectRequest(context, leg);
    context.attempts.start(leg.nqn, () => context.host.connect(request), context.again);
  },
  disconnect: ({ host }, { nqn }) => host.disconnect({ nqn }),
  format: async ({ host, volume, view, confirm }) => {
    await confirm();
    return host.formatVolume({ volume, fileSystem: fileSystemOf(view.volume!) }, slow);
  },
  record: async (context, { inSync, departed, staying = [] }) => {
    const gained = context
      .mine()
      .legs.filter((leg) => !leg.recorded && inSync.some(({ partitionUUID }) => partitionUUID === leg.partitionUUID));
    await Promise.all(staying.map((leg) => requireAnswer(context, leg)));
    const kept = [...gained, ...staying].map(({ partition }) => partition);
    return context.write({ inSync, departed }, kept);
  },
  recordFormatted: ({ write }) => write({ formatted: true }),
};

/** Carries an action out; the volume as written, when it wrote it. */
export async function act(hands: Hands, view: View, mine: OwnedView | undefined, action: Action) {
  const owner = () => {
    if (!mine) throw new Error(`${action.verb} was decided on a stack of another owner`);
    return mine;
  };
  const context: Context = {
    ...hands,
    view,
    mine: owner,
    isMine: mine !== undefined,
    confirm: () => hands.record.confirm(owner().volume),
    write: (facts, kept) =>
      hands.record.write(owner().volume, (volume) => statusOf({ ...owner(), volume }, facts, hands.now()), kept),
  };
  const effect = effects[action.verb] as Effect<typeof action.verb>;
  const result = await effect(context, action);
  return action.verb === 'record' || action.verb === 'recordFormatted' ? (result as MeshStorVolume) : undefined;
}

export function fileSystemOf({ metadata, spec }: MeshStorVolume): FileSystem {
  return { type: spec.fsType, uuid: fileSystemUUID(metadata.uid!) };
}

/** Rejects unless the member's drive answers this moment, with the superblock of the member that is on record. */
async function requireAnswer(context: Context, leg: Leg): Promise<void> {
  const { superblock } = await context.host.applyMember(memberRequest(context, leg));
  if (superblock?.memberUuid === leg.recorded?.memberUUID) return;
  throw new Error(`${leg.partition.metadata.name} does not carry the recorded member; nothing is given up for it`);
}

/** Loads the member's path, or finds it loaded; its superblock is read from the drive in any case. */
const memberRequest = ({ volume, mine }: Context, leg: Leg): DeepPartial<ApplyMemberRequest> => ({
  volume,
  slot: leg.slot,
  epoch: mine().owner.epoch,
  source: sourceOf(leg),
  ...(leg.local && { driveSession: cacheSession(leg.partition.status ?? {}) ?? '' }),
});

function sourceOf(leg: Leg) {
  const { partitionUUID, nqn, namespaceUUID } = leg;
  const partition = { partitionUuid: partitionUUID };
  return leg.local ? partition : { ...partition, nqn, namespaceUuid: namespaceUUID };
}

function connectRequest({ volume, nodeName }: Context, leg: Leg): DeepPartial<ConnectRequest> {
  const exported = leg.partition.status!.export!;
  const { hostNQN, hostID } = hostIdentity(nodeName);
  return {
    volume,
    nqn: leg.nqn,
    namespaceUuid: leg.namespaceUUID,
    endpoint: {
      transport: exported.transport === 'rdma' ? Transport.RDMA : Transport.TCP,
      address: exported.address,
      port: exported.port,
    },
    hostNqn: hostNQN,
    hostId: hostID,
  };
}
