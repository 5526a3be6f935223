import { layoutOf } from '../api/layout';
import type { ArrayMemberStatus, MeshStorVolume, PartitionEntry } from '../api/model';
import type { VolumeCondition } from './gen/csi';

/** The health of a volume: abnormal exactly when md is not whole, or members are failed or down. */
export function volumeCondition(volume: MeshStorVolume): VolumeCondition {
  const { mdState, syncPercentage, failedDevices = 0, missingDevices = 0 } = volume.status ?? {};
  const lost = [
    ...named('failed', failedDevices, devices(volume, ['Faulty'])),
    ...named('down', missingDevices, devices(volume, ['Missing', 'Waiting'])),
  ];
  if (isWhole(volume)) {
    return lost.length > 0 ? { abnormal: true, message: lost.join('; ') } : { abnormal: false, message: whole(volume) };
  }
  const state = mdState ? `the array is ${mdState}` : 'the array is stopped, and not all copies are in sync';
  const progress = syncPercentage ? ` (${syncPercentage})` : '';
  return { abnormal: true, message: [state + progress, ...lost].join('; ') };
}

const named = (what: string, count: number, devices: string[]): string[] =>
  count > 0 || devices.length > 0 ? [`${what}: ${devices.length > 0 ? devices.join(', ') : `${count} devices`}`] : [];

/** Whether md reports the array active or clean; without an array, whether all copies are recorded in sync. */
function isWhole({ spec, status }: MeshStorVolume): boolean {
  if (status?.mdState) return status.mdState === 'active' || status.mdState === 'clean';
  if (!status?.array?.createdAt) return true;
  return (status.inSync ?? []).length >= layoutOf(spec).expectedMembers;
}

function whole({ status }: MeshStorVolume): string {
  if (!status?.array?.createdAt) return 'the array is not built yet';
  return status.mdState ? `the array is ${status.mdState}` : 'the array is stopped, and all copies are in sync';
}

type State = ArrayMemberStatus['state'] | PartitionEntry['state'];

/** `node/device` of every partition in one of these states, as the array or the record of partitions has it. */
function devices({ status }: MeshStorVolume, states: readonly State[]): string[] {
  const members = (status?.array?.members ?? []).filter(({ state }) => states.includes(state));
  const uuids = new Set(members.map(({ partitionUUID }) => partitionUUID));
  const entries = (status?.partitions ?? []).filter(
    ({ state, partitionUUID }) => states.includes(state) || uuids.has(partitionUUID ?? ''),
  );
  return entries.map(({ nodeID, device, name }) => `${nodeID}/${device ?? name}`);
}
