import type { HostVerb, RequestOf, ResponseOf } from '../contract';
import { HostAgentDefinition } from '../gen/host';
import { assembleArray } from './arrays/assemble';
import { createArray } from './arrays/create';
import { setArrayDevices } from './arrays/devices';
import { addArrayMember } from './arrays/join';
import { dropArrayMember, removeArrayMember } from './arrays/leave';
import { replaceArrayMember } from './arrays/replace';
import { stopArray } from './arrays/stop';
import { setSyncLimits } from './arrays/sync-limits';
import type { Call } from './call';
import { listDrives } from './drives/list';
import { applyExport } from './exports/apply';
import { fenceExport, removeExport } from './exports/end';
import { formatVolume } from './filesystems/format';
import type { Host } from './host';
import { connect } from './imports/connect';
import { disconnect } from './imports/disconnect';
import { applyMember } from './members/apply';
import { setMemberPolicy } from './members/policy';
import { bindDevice, bindMount } from './mounts/bind';
import { mountVolume } from './mounts/mount';
import { getPathStats } from './mounts/stats';
import { unmount } from './mounts/unmount';
import { createPartition } from './partitions/create';
import { getPartition } from './partitions/get';
import { deletePartition, wipePartition } from './partitions/wipe';
import { getStack, listStacks } from './stack/get';
import { removeMember } from './stack/remove-member';
import { applyVolumeDevice, removeVolumeDevice, resumeVolumeDevice, suspendVolumeDevice } from './volume-device';

export type Verb<V extends HostVerb> = (host: Host, request: RequestOf<V>, call: Call) => Promise<ResponseOf<V>>;

/** Every verb of the contract; one that is missing does not compile. getNodeFacts stands where its findings are. */
export const verbs: { readonly [V in Exclude<HostVerb, 'getNodeFacts'>]: Verb<V> } = {
  listDrives,
  getPartition,
  createPartition,
  wipePartition,
  deletePartition,
  applyExport,
  fenceExport,
  removeExport,
  connect,
  disconnect,
  getStack,
  listStacks,
  applyMember,
  setMemberPolicy,
  removeMember,
  createArray,
  assembleArray,
  addArrayMember,
  removeArrayMember,
  replaceArrayMember,
  dropArrayMember,
  setArrayDevices,
  stopArray,
  setSyncLimits,
  applyVolumeDevice,
  suspendVolumeDevice,
  resumeVolumeDevice,
  removeVolumeDevice,
  formatVolume,
  mountVolume,
  bindMount,
  bindDevice,
  unmount,
  getPathStats,
};

/** The request with every field, as it would come over the wire. */
export function completeRequest<V extends HostVerb>(verb: V, partial: object): RequestOf<V> {
  const type = HostAgentDefinition.methods[verb].requestType as { fromPartial(object: object): unknown };
  return type.fromPartial(partial) as RequestOf<V>;
}

export const verbNames = Object.entries(HostAgentDefinition.methods)
  .filter(([, method]) => !method.responseStream)
  .map(([name]) => name as HostVerb);
