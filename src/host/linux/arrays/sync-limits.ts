import { HostError } from '../../errors';
import type { SetSyncLimitsRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import type { Host } from '../host';
import { writeAttribute } from '../raw';
import { requireRunning } from './volume';

/** 0 gives a limit back to the system's own. */
export async function setSyncLimits(host: Host, request: SetSyncLimitsRequest, call: Call): Promise<object> {
  const { uid } = door.volume(request.volume);
  const arrayUUID = door.uuid('array_uuid', request.arrayUuid);
  const { minKibPerSecond: min, maxKibPerSecond: max } = request;
  const isLimit = (value: number) => Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31;
  if (!isLimit(min) || !isLimit(max) || (max > 0 && min > max)) {
    throw new HostError('Invalid', `synchronisation limits from ${min} to ${max} KiB/s`);
  }
  const array = await requireRunning(host, uid, arrayUUID);
  const write = (name: string, value: number) =>
    writeAttribute(
      host,
      `${host.paths.sys}/block/${array.name}/md/${name}`,
      value > 0 ? String(value) : 'system',
      call,
    );
  await write('sync_speed_min', min);
  await write('sync_speed_max', max);
  return {};
}
