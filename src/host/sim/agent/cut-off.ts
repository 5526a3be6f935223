import { parseExportNQN } from '../../../api/identity';
import { ImportState } from '../../gen/host';
import type { MultipathDevice } from '../kernel/dm/multipath';
import type { MdArray } from '../kernel/md/array';
import type { Call } from './call';
import type { Host } from './host';
import { importMessage } from './imports';
import { memberIdentity } from './names';

/**
 * Takes all members away from an array that nothing has open, as a loss of power would. While md has one that
 * works it writes on it that the others failed, and the next owner, who is to assemble them all, could not.
 */
export async function cutOff(host: Host, array: MdArray, call: Call): Promise<void> {
  const maps = array.members.map(({ device }) => device as MultipathDevice);
  const partitions = new Set(maps.map((map) => memberIdentity(map)?.partitionUUID));
  const { imports } = host.kernel;
  for (const controller of imports.list()) {
    const { nqn } = controller.spec;
    const isUsed = partitions.has(parseExportNQN(nqn)?.partitionUUID);
    if (!isUsed || importMessage(host, controller).state === ImportState.LIVE) continue;
    // What a connection holds that is fenced or being mended, no map reaches.
    await call.wait(`disconnecting ${nqn}`, (done) => imports.disconnect(nqn, done));
  }
  for (const map of [...maps].sort((a, b) => Number(!a.path) - Number(!b.path))) {
    await call.wait(`cutting off ${map.name}`, (done) => map.loadError(done));
  }
}
