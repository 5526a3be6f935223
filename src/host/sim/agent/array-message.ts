import { ArrayLevel, ArrayMemberState, SyncAction, type Array as ArrayMessage, type ArrayMember } from '../../gen/host';
import { cellBytes } from '../hardware/cells';
import type { MultipathDevice } from '../kernel/dm/multipath';
import type { MdArray } from '../kernel/md/array';
import type { MdMember } from '../kernel/md/member';
import { memberIdentity } from './names';

const sectorsPerCell = cellBytes / 512;

const states = {
  inSync: ArrayMemberState.IN_SYNC,
  recovering: ArrayMemberState.RECOVERING,
  spare: ArrayMemberState.SPARE,
  faulty: ArrayMemberState.FAULTY,
} as const;

const actions = { idle: SyncAction.IDLE, recover: SyncAction.RECOVER, resync: SyncAction.RESYNC } as const;

export function arrayMessage(array: MdArray): ArrayMessage {
  const { geometry, sync } = array;
  const running = sync.action !== 'idle';
  return {
    uuid: array.uuid,
    level: geometry.level === 'raid10' ? ArrayLevel.RAID10 : ArrayLevel.RAID1,
    raidDevices: geometry.raidDevices,
    sizeBytes: array.cells * cellBytes,
    syncAction: actions[sync.action],
    syncDone: running ? sync.position * sectorsPerCell : 0,
    syncTotal: running ? sync.total * sectorsPerCell : 0,
    degraded: array.degraded,
    members: array.members.map(arrayMember).sort((a, b) => a.slot - b.slot),
    mismatchCount: 0,
    readOnly: false,
    syncFloorKibPerSecond: running ? sync.floorKibPerSecond : 0,
  };
}

function arrayMember(member: MdMember): ArrayMember {
  const slot = memberIdentity(member.device as MultipathDevice)?.slot ?? -1;
  return {
    slot,
    role: member.active ? member.role : -1,
    state: states[member.state],
    memberUuid: member.uuid,
    beingReplaced: member.state === 'inSync' && member.wantsReplacement,
    replacement: member.state === 'recovering' && member.isReplacement,
  };
}
