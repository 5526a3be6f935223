import { HostError } from '../../errors';
import type {
  ApplyMemberRequest,
  Member,
  RemoveMemberRequest,
  RemoveMemberResponse,
  SetMemberPolicyRequest,
  VolumeRef,
} from '../../gen/host';
import { namespaceUUID, parseExportNQN } from '../../../api/identity';
import { memberName, memberUUID, type MemberIdentity } from '../../dm-names';
import { cellBytes } from '../hardware/cells';
import type { KernelDevice } from '../kernel/device';
import { MultipathDevice } from '../kernel/dm/multipath';
import { PartitionDevice } from '../kernel/drives';
import { examine } from '../kernel/md/assemble';
import type { MdSuperblock } from '../kernel/md/superblock';
import type { Call } from './call';
import type { Host } from './host';
import { usableNamespace } from './imports';
import { memberIdentity } from './names';
import { requireSession } from './session';
import { deviceOf, findPartition } from './survey';
import { mapOver, requireNotExported } from './usage';
import { invalid, requireCount, requireSlot, requireSource, requireVolume } from './validate';

export async function applyMember(host: Host, request: ApplyMemberRequest, call: Call): Promise<Member> {
  const volume = requireVolume(request.volume);
  const { slot, epoch } = request;
  requireSlot(slot);
  requireCount('epoch', epoch, 1);
  const source = requireSource(volume, request.source, epoch);
  requireSameMember(findMember(host, volume, slot), { slot, epoch, partitionUUID: source.partitionUuid });
  const device = await deviceOfSource(host, source, request.driveSession, call);
  let map = findMember(host, volume, slot);
  if (map && map.path !== device) await requireSameContent(host, map, device, call);
  // Nothing is awaited between these checks and the act.
  if (source.nqn === undefined) requireNotExported(host, source.partitionUuid);
  requireNotElsewhere(host, device, volume, slot);
  map = findMember(host, volume, slot);
  if (!map) {
    const uuid = memberUUID({ volumeUID: volume.uid, slot, partitionUUID: source.partitionUuid, epoch });
    map = host.kernel.dm.createMultipath(memberName(volume, slot), uuid, device);
  } else if (map.path !== device) {
    const loaded = map;
    await call.wait(`loading the path of ${loaded.name}`, (done) => loaded.reload(device, done));
  } else if (!map.queueing) {
    map.setQueueing(true);
  }
  await readSuperblock(host, map, call);
  return memberMessage(host, map);
}

export async function setMemberPolicy(host: Host, request: SetMemberPolicyRequest): Promise<Member> {
  const volume = requireVolume(request.volume);
  requireSlot(request.slot);
  const map = requireMember(host, volume, request.slot);
  map.setQueueing(request.queueing);
  return memberMessage(host, map);
}

export async function removeMember(host: Host, request: RemoveMemberRequest): Promise<RemoveMemberResponse> {
  const volume = requireVolume(request.volume);
  requireSlot(request.slot);
  const map = findMember(host, volume, request.slot);
  if (!map) return {};
  host.kernel.dm.remove(map);
  host.memory.superblocks.delete(map.uuid);
  return {};
}

/** The volume's map in a slot. Foreign: the name is another volume's. */
function findMember({ kernel }: Host, volume: VolumeRef, slot: number): MultipathDevice | undefined {
  const name = memberName(volume, slot);
  const device = kernel.dm.find(name);
  if (!device) return undefined;
  if (device instanceof MultipathDevice && memberIdentity(device)?.volumeUID === volume.uid) return device;
  throw new HostError('Foreign', `device ${name} exists and is not one of volume ${volume.uid}`);
}

export function requireMember(host: Host, volume: VolumeRef, slot: number): MultipathDevice {
  const map = findMember(host, volume, slot);
  if (!map) throw new HostError('NotFound', `volume ${volume.name} has no member map in slot ${slot} here`);
  return map;
}

/** The map, with a path: its superblock can be read without waiting for a path to come. */
export function requireMemberWithPath(host: Host, volume: VolumeRef, slot: number): MultipathDevice {
  const map = requireMember(host, volume, slot);
  if (!map.path) throw new HostError('Unreachable', `member map ${map.name} has no path`);
  return map;
}

export async function readSuperblock(
  { memory }: Host,
  map: MultipathDevice,
  call: Call,
  limitMs?: number,
): Promise<MdSuperblock | undefined> {
  const superblock = await call.wait<MdSuperblock | undefined>(
    `reading the superblock on ${map.name}`,
    (done) => examine(map, done),
    limitMs,
  );
  memory.superblocks.set(map.uuid, superblock);
  return superblock;
}

export function memberMessage(host: Host, map: MultipathDevice): Member {
  const { slot, partitionUUID, epoch } = memberIdentity(map)!;
  const superblock = host.memory.superblocks.get(map.uuid);
  return {
    slot,
    epoch,
    partitionUuid: partitionUUID,
    path: map.path && pathMessage(host, partitionUUID, map.path),
    queueing: map.queueing,
    superblock: superblock && {
      arrayUuid: superblock.arrayUUID,
      memberUuid: superblock.memberUUID,
      events: superblock.events,
    },
    sizeBytes: map.cells * cellBytes,
  };
}

function pathMessage({ kernel, memory }: Host, partitionUuid: string, device: KernelDevice): Member['path'] {
  if (device instanceof PartitionDevice) return { partitionUuid, nqn: undefined, namespaceUuid: undefined };
  const controller = kernel.imports.list().find(({ namespace }) => namespace === device);
  if (!controller) return undefined;
  const { nqn } = controller.spec;
  const { epoch } = parseExportNQN(nqn)!;
  return { partitionUuid, nqn, namespaceUuid: memory.expected.get(nqn) ?? namespaceUUID(partitionUuid, epoch) };
}

function requireSameMember(map: MultipathDevice | undefined, wanted: Omit<MemberIdentity, 'volumeUID'>): void {
  if (!map) return;
  const present = memberIdentity(map)!;
  if (present.partitionUUID !== wanted.partitionUUID) {
    invalid(`slot ${wanted.slot} is partition ${present.partitionUUID}'s, not ${wanted.partitionUUID}'s`);
  }
  if (present.epoch !== wanted.epoch) {
    invalid(`${map.name} was made under epoch ${present.epoch}, not ${wanted.epoch}: take it down first`);
  }
}

/** Every member is used from one side only: what is exported here is not a member here. */
async function deviceOfSource(
  host: Host,
  { partitionUuid, nqn, namespaceUuid }: NonNullable<Member['path']>,
  session: string,
  call: Call,
): Promise<KernelDevice> {
  if (nqn !== undefined) return usableNamespace(host, nqn, namespaceUuid!);
  const found = await findPartition(host, partitionUuid, call);
  const device = deviceOf(host, found);
  requireSession(host, found.device, session);
  if (host.memory.wiping.has(partitionUuid)) throw new HostError('Busy', `partition ${partitionUuid} is being wiped`);
  requireNotExported(host, partitionUuid);
  return device;
}

/**
 * A partition that was made anew has the same UUID and other content. md would not notice, were it put under a
 * member of a running array.
 */
async function requireSameContent(host: Host, map: MultipathDevice, device: KernelDevice, call: Call): Promise<void> {
  if (device.cells !== map.cells) invalid(`${device.name} is not of the size of ${map.name}`);
  const array = host.kernel.md.list().find(({ members }) => members.some((member) => member.device === map));
  if (!array) return;
  const member = array.members.find((candidate) => candidate.device === map)!;
  const found = await call.wait<MdSuperblock | undefined>(`reading the superblock on ${device.name}`, (done) =>
    examine(device, done),
  );
  if (found?.arrayUUID === array.uuid && found.memberUUID === member.uuid) return;
  const what = found ? `member ${found.memberUUID} of array ${found.arrayUUID}` : 'no md superblock';
  invalid(`${device.name} holds ${what}, not the member that ${array.name} has on ${map.name}`);
}

function requireNotElsewhere(host: Host, device: KernelDevice, volume: VolumeRef, slot: number): void {
  if (!device.heldBy) return;
  const holder = mapOver(host, device);
  if (!holder || (holder.volumeUID === volume.uid && holder.slot === slot)) return;
  throw new HostError('Busy', `${device.name} is held by member map ${holder.slot} of volume ${holder.volumeUID}`);
}
