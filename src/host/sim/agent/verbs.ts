import type { HostVerb, RequestOf, ResponseOf } from '../../contract';
import { createArray, setSyncLimits, stopArray } from './arrays';
import {
  addArrayMember,
  dropArrayMember,
  removeArrayMember,
  replaceArrayMember,
  setArrayDevices,
} from './array-members';
import { assembleArray } from './assemble';
import type { Call } from './call';
import { getPartition, listDrives } from './drives';
import { applyExport, fenceExport, removeExport } from './exports';
import { formatVolume } from './file-systems';
import type { Host } from './host';
import { connect, disconnect } from './imports';
import { applyMember, removeMember, setMemberPolicy } from './members';
import { bindDevice, bindMount, getPathStats, mountVolume, unmount } from './mounts';
import { createPartition, deletePartition } from './partitions';
import { getStack, listStacks } from './stacks';
import { applyVolumeDevice, removeVolumeDevice, resumeVolumeDevice, suspendVolumeDevice } from './volume-device';
import { wipePartition } from './wipe';

export type Verb<V extends HostVerb> = (host: Host, request: RequestOf<V>, call: Call) => Promise<ResponseOf<V>>;

/** What each verb does; one that is missing does not compile. */
export const verbs: { readonly [V in HostVerb]: Verb<V> } = {
  getNodeFacts: async ({ facts }) => facts,
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
