import { partitionLabelPrefix } from '../../../api/identity';
import type { Export, Partition } from '../../gen/host';
import type { Hardware } from '../drives/hardware';
import { parseDmUUID } from '../dm/names';
import type { Host } from '../host';
import type { TableEntry } from '../parse/sfdisk';
import { sessionOf } from './session';

export async function describePartition(
  host: Host,
  drive: Hardware,
  entry: TableEntry,
  exports: readonly Export[],
): Promise<Partition> {
  return {
    uuid: entry.uuid,
    driveId: drive.id,
    driveName: drive.name,
    startBytes: entry.start,
    sizeBytes: entry.size,
    label: entry.name.slice(partitionLabelPrefix.length),
    exports: exports.filter(({ partitionUuid }) => partitionUuid === entry.uuid),
    heldByVolumeUid: await holderOf(host, drive, entry),
    volatileWriteCache: drive.volatileWriteCache,
    driveSession: await sessionOf(host, drive),
  };
}

/** UID of the volume whose map is on the partition. */
async function holderOf({ sysfs }: Host, drive: Hardware, entry: TableEntry): Promise<string> {
  for (const holder of await sysfs.list(`class/block/${drive.name}p${entry.number}/holders`)) {
    const parts = parseDmUUID((await sysfs.text(`block/${holder}/dm/uuid`)) ?? '');
    if (parts) return parts.volumeUID;
  }
  return '';
}
