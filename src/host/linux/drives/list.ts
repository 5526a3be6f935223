import { DriveUse, type Drive, type ListDrivesResponse } from '../../gen/host';
import type { Call } from '../call';
import { readExports } from '../exports/read';
import type { Host } from '../host';
import { describePartition } from '../partitions/describe';
import { freeExtents } from './free';
import { listHardware, type Hardware } from './hardware';
import { isProvisional, ourEntries } from './table';
import { recentUseOf } from './use';

export async function listDrives(host: Host, _request: object, call: Call): Promise<ListDrivesResponse> {
  const [hardware, exports] = await Promise.all([listHardware(host), readExports(host)]);
  const describe = async (drive: Hardware): Promise<Drive> => {
    const { use, detail, table } = await recentUseOf(host, drive, call);
    const usable = use === DriveUse.BLANK || use === DriveUse.MESHSTOR;
    const entries = ourEntries(table, drive).filter((entry) => !isProvisional(entry));
    for (const { uuid } of entries) host.lastSeenOn.set(uuid, drive.id);
    const { name, id, model, serial, sizeBytes, sectorSize, queues, volatileWriteCache } = drive;
    return {
      ...{ name, id, model, serial, sizeBytes, sectorSize, queues, volatileWriteCache },
      partitions: await Promise.all(entries.map((entry) => describePartition(host, drive, entry, exports))),
      free: usable ? freeExtents(table, sizeBytes) : [],
      use,
      useDetail: detail,
    };
  };
  return { drives: await Promise.all(hardware.map(describe)) };
}
