import { HostError } from '../../errors';
import type { Call } from '../call';
import type { MemberMap } from '../dm/devices';
import { clear, load, resume, suspend } from '../dm/dmsetup';
import { listControllers, namespaceDevice, toImport } from '../imports/connections';
import { ImportState } from '../../gen/host';
import type { Host } from '../host';

/**
 * Puts another table under a member's map while I/O waits in it.
 *
 * A suspension of a bio-based multipath map must never be broken off: the kernel (6.12) takes queue_if_no_path
 * away at its beginning and gives it back only with a resume, so that after an interrupted one the next failing
 * path goes up to md as an error, and md drops the member unrecorded. So the suspension is not begun while the
 * present path is known to hold I/O back, and once begun it is left to end, whatever the deadline; the table is
 * then resumed even though nobody waits any more.
 *
 * `confirm` is asked once the table is loaded and does not take effect yet; where it throws, it never does.
 */
export async function reload(
  host: Host,
  map: MemberMap,
  table: string,
  call: Call,
  confirm?: () => Promise<void>,
): Promise<void> {
  await requireFreePath(host, map);
  await load(host, map, table, call);
  await confirm?.().catch(async (error: unknown) => {
    await clear(host, map, call.aftermath());
    throw error;
  });
  if (map.suspended) return resume(host, map, call.aftermath());
  const finish = async () => {
    await suspend(host, map, call.aftermath(suspendMs), 'leave');
    await resume(host, map, call.aftermath());
  };
  const done = finish();
  if (await call.endsInTime(done)) return;
  done.catch((error: unknown) => host.log.error('reload unfinished', { map: map.name, error: String(error) }));
  throw new HostError('Timeout', `${map.name}: its old path has not given its I/O back yet; the new one follows then`);
}

/** A path that gives nothing back in a day never will; the map stays suspended, and its I/O waits. */
const suspendMs = 24 * 3_600_000;

/** A live connection whose namespace is fenced keeps the requests that are with it until it is disconnected. */
async function requireFreePath(host: Host, map: MemberMap): Promise<void> {
  for (const controller of await listControllers(host)) {
    const device = await namespaceDevice(host, controller);
    if (!device || !map.slaves.includes(device.name)) continue;
    if ((await toImport(host, controller)).state !== ImportState.FENCED) continue;
    throw new HostError('Busy', `${map.name} waits for import ${controller.nqn}, which is fenced; disconnect it first`);
  }
}
