import type { DepartedMember, InSyncMember } from '../../../api/model';
import type { Leg } from './view';

/** What the node half can do; act.ts has one entry per verb. */
export type Verbs = {
  suspendDevice: object;
  /** Unless this node is certain to be the owner still, etcd is asked first. */
  resumeDevice: { readonly isOwner: boolean };
  removeDevice: object;
  applyDevice: object;
  stopArray: object;
  /** Md roles in order; -1 leaves one missing. */
  createArray: { readonly slots: readonly number[]; readonly remoteSlots: readonly number[] };
  assembleArray: {
    readonly members: readonly { readonly slot: number; readonly memberUUID: string }[];
    readonly degraded: boolean;
  };
  addToArray: { readonly leg: Leg; readonly mode: 'byBitmap' | 'inFull' };
  /** What md holds as faulty. */
  removeFromArray: { readonly slot: number };
  /** Whatever md holds of it. */
  dropFromArray: { readonly slot: number };
  replaceInArray: { readonly slot: number; readonly withSlot: number };
  setRoles: { readonly raidDevices: number };
  /** Of the running synchronisation, in KiB/s: beside other I/O, and at all. */
  setSyncLimits: { readonly floor: number; readonly ceiling: number };
  applyMember: { readonly leg: Leg };
  /** Let I/O without a path wait. */
  queue: { readonly slot: number };
  /** Let I/O without a path fail, so that md drops the member. */
  fail: { readonly slot: number };
  removeMember: { readonly slot: number };
  connect: { readonly leg: Leg };
  disconnect: { readonly nqn: string };
  format: object;
  /** Durable before anything after it happens. */
  record: {
    readonly inSync: readonly InSyncMember[];
    readonly departed: readonly DepartedMember[];
    /** Those for whose sake another member is given up: they are read first, and have to be kept. */
    readonly staying?: readonly Leg[];
  };
  recordFormatted: object;
};

export type Action = { [V in keyof Verbs]: { readonly verb: V } & Readonly<Verbs[V]> }[keyof Verbs];
