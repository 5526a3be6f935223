import { parseExportNQN } from '../../../../src/api/identity';
import type { MeshStorVolume } from '../../../../src/api/model';
import type { AddMode } from '../../../../src/host/gen/host';
import type { VerbCall } from '../../../../src/host/sim';
import { againstAssembling, againstReturning } from './membership';
import type { KnownRecords } from './records';
import type { Violations } from './violations';

/** Requests of the verbs that destroy something, as far as they are looked at. */
export interface Asked {
  readonly uuid?: string;
  readonly driveId?: string;
  readonly slot?: number;
  readonly mode?: AddMode;
  readonly members?: readonly { readonly slot: number; readonly memberUuid: string }[];
  readonly volume?: { readonly uid: string };
  readonly nqn?: string;
  readonly partitionUuid?: string;
}

/**
 * Nothing is destroyed that the objects do not allow at that moment, and nothing is made twice. Called before
 * each verb has its effect.
 */
export function checkDestruction(
  violations: Violations,
  records: KnownRecords,
  { node, verb, request }: VerbCall,
): void {
  const asked = request as Asked;
  const wrong = reasonAgainst(records, node, verb, asked);
  if (wrong) violations.add(`${node}: ${verb} ${asked.uuid ?? asked.volume?.uid ?? asked.nqn ?? ''}: ${wrong}`);
}

function reasonAgainst(records: KnownRecords, node: string, verb: string, asked: Asked): string | undefined {
  switch (verb) {
    case 'wipePartition':
    case 'deletePartition':
      return againstErasing(records, asked.uuid!);
    case 'createPartition':
      return againstMaking(records, node, asked);
    case 'applyExport':
      return againstExporting(records, asked);
    case 'createArray':
    case 'formatVolume':
    case 'addArrayMember':
    case 'assembleArray':
      return againstWriting(records, node, verb, asked);
    default:
      return undefined;
  }
}

function againstErasing(records: KnownRecords, uuid: string): string | undefined {
  const partition = records.partitions().find(({ spec }) => spec.partitionUUID === uuid);
  if (!partition) return 'no object of it is there';
  if (partition.metadata.deletionTimestamp === undefined) return 'its object is not being deleted';
  const volume = records.volume(partition.spec.volumeUID);
  if (!volume || !isRecorded(volume, uuid)) return undefined;
  if (volume.metadata.deletionTimestamp === undefined) return 'its volume is not being deleted, and counts on it';
  return volume.spec.nodeName === undefined ? undefined : `its volume is attached to ${volume.spec.nodeName}`;
}

function againstMaking(records: KnownRecords, node: string, { uuid, driveId }: Asked): string | undefined {
  const partition = records.partitions().find(({ spec }) => spec.partitionUUID === uuid);
  if (!partition) return 'no object of it is there';
  if (partition.spec.nodeName !== node) return `it belongs on ${partition.spec.nodeName}`;
  if (partition.spec.deviceID !== driveId) return `it belongs on drive ${partition.spec.deviceID}, not ${driveId}`;
  return partition.status?.partitionUUID ? 'it was made before' : undefined;
}

function againstExporting(records: KnownRecords, { nqn, partitionUuid }: Asked): string | undefined {
  const partition = records.partitions().find(({ spec }) => spec.partitionUUID === partitionUuid);
  if (!partition) return 'no object of it is there';
  const { epoch } = parseExportNQN(nqn!)!;
  const volume = records.volume(partition.spec.volumeUID);
  const newest = Math.max(partition.spec.epoch, partition.status?.export?.epoch ?? 0);
  if (epoch < newest) return `epoch ${epoch} is exported after epoch ${newest}`;
  return volume || partition.metadata.deletionTimestamp ? undefined : 'its volume is gone';
}

function againstWriting(records: KnownRecords, node: string, verb: string, asked: Asked) {
  const { slot } = asked;
  const volume = records.volume(asked.volume!.uid);
  if (!volume) return 'the volume is gone';
  const { status, spec } = volume;
  if (status?.owner?.nodeName !== node) return `the owner is ${status?.owner?.nodeName ?? 'nobody'}`;
  if (verb === 'createArray' && status.array?.createdAt) return 'the array was made before';
  if (verb === 'formatVolume' && status.formattedAt) return 'the file system was made before';
  if (verb === 'formatVolume' && spec.nodeName !== node) return `it is attached to ${spec.nodeName ?? 'nobody'}`;
  if (verb === 'assembleArray') return againstAssembling(volume, asked);
  if (verb !== 'addArrayMember') return undefined;
  if (status.inSync?.some((member) => member.slot === slot)) return 'the member is recorded in sync';
  return againstReturning(volume, records.partitions(), asked);
}

const isRecorded = ({ status }: MeshStorVolume, uuid: string): boolean =>
  status?.inSync?.some(({ partitionUUID }) => partitionUUID === uuid) ?? false;
