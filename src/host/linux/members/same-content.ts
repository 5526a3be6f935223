import { HostError } from '../../errors';
import type { Call } from '../call';
import type { MemberMap } from '../dm/devices';
import type { Host } from '../host';
import type { PathDevice } from './source';
import { readSuperblock } from './superblocks';

/**
 * A path that is put under a running array must hold what the array believes to be there. A partition that was
 * made anew has the same UUID and other content; md would never notice.
 */
export async function requireSameContent(host: Host, map: MemberMap, device: PathDevice, call: Call): Promise<void> {
  const array = map.holders.find((name) => name.startsWith('md'));
  if (array === undefined) return;
  const wanted = await host.sysfs.text(`block/${array}/md/uuid`);
  const found = await readSuperblock(host, device.path, call, `map ${map.name}`);
  const known = host.superblocks.get(map.uuid)?.superblock;
  const isSame = found?.arrayUUID === wanted && (!known || found?.memberUUID === known.memberUuid);
  if (isSame) return;
  const what = found ? `member ${found.memberUUID} of array ${found.arrayUUID}` : 'no md superblock';
  throw new HostError('Invalid', `${device.name} holds ${what}, and not the member that ${array} has on ${map.name}`);
}
