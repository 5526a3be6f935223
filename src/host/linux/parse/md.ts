import { ArrayLevel, ArrayMemberState, SyncAction } from '../../gen/host';

/** Values of md's sysfs attributes (Documentation/admin-guide/md.rst of the kernel). */

export function parseLevel(text: string | undefined): ArrayLevel {
  if (text === 'raid1') return ArrayLevel.RAID1;
  return text === 'raid10' ? ArrayLevel.RAID10 : ArrayLevel.UNSPECIFIED;
}

export function parseSyncAction(text: string | undefined): SyncAction {
  switch (text) {
    case 'idle':
      return SyncAction.IDLE;
    case 'recover':
      return SyncAction.RECOVER;
    case 'resync':
      return SyncAction.RESYNC;
    case 'check':
      return SyncAction.CHECK;
    default:
      return SyncAction.OTHER;
  }
}

/** sync_completed: "103680 / 1046528", "none" or "delayed". */
export function parseProgress(text: string | undefined): { done: number; total: number } {
  const match = /^(\d+) \/ (\d+)$/.exec(text ?? '');
  return match ? { done: Number(match[1]), total: Number(match[2]) } : { done: 0, total: 0 };
}

/** dev-NAME/slot: a number, or "none". */
export const parseRole = (text: string | undefined): number => (/^\d+$/.test(text ?? '') ? Number(text) : -1);

/** dev-NAME/state: flags between commas. */
export function parseMemberState(text: string | undefined, role: number): ArrayMemberState {
  const flags = (text ?? '').split(',');
  if (flags.includes('faulty')) return ArrayMemberState.FAULTY;
  if (flags.includes('in_sync')) return ArrayMemberState.IN_SYNC;
  if (!flags.includes('spare')) return ArrayMemberState.UNSPECIFIED;
  return role >= 0 ? ArrayMemberState.RECOVERING : ArrayMemberState.SPARE;
}

/** dev-NAME/state: whether it is marked to leave for a copy, and whether it is the copy of the one in its role. */
export function parseReplacing(text: string | undefined): { wantsReplacement: boolean; isReplacement: boolean } {
  const flags = (text ?? '').split(',');
  return {
    wantsReplacement: flags.includes('in_sync') && flags.includes('want_replacement'),
    isReplacement: flags.includes('spare') && flags.includes('replacement'),
  };
}

/** Copies in RAID10's near layout: the low byte of md/layout. 1 for other levels. */
export const parseNear = (layout: number | undefined, level: ArrayLevel): number =>
  level === ArrayLevel.RAID10 ? (layout ?? 0) & 0xff : 1;

/** Whether an array of this array_state runs. */
export const isRunning = (state: string | undefined): boolean =>
  state !== undefined && state !== 'clear' && state !== 'inactive';
