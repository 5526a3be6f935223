import type { Call } from '../call';
import { memberMaps } from '../dm/devices';
import { lockKeys, type Host } from '../host';
import { stop } from './mdadm';
import { arrayOver, type MdArray } from './read';

/** The array if it runs. One that holds members and does not is what a broken-off attempt left, and is stopped. */
export async function runningOrNone(host: Host, array: MdArray | undefined, call: Call): Promise<MdArray | undefined> {
  if (!array || array.running) return array;
  await stop(host, array, call);
  return undefined;
}

/** Takes the array's lock only where there seems to be one to stop: members must come free while md hangs. */
export async function stopInactive(host: Host, volumeUID: string, call: Call): Promise<void> {
  const look = async () => arrayOver(host, await memberMaps(host, volumeUID));
  const seen = await look();
  if (!seen || seen.running) return;
  // Under the lock it may turn out to be one that was just being started.
  await host.locks.run(
    lockKeys.array(volumeUID),
    call,
    async () => void (await runningOrNone(host, await look(), call)),
  );
}
