import { ImportState } from '../../gen/host';
import type { Call } from '../call';
import { errorTable } from '../dm/tables';
import { lockKeys, type Host } from '../host';
import { listControllers, toImport } from '../imports/connections';
import { endConnection } from '../imports/disconnect';
import type { ObservedMember } from '../members/observe';
import { reload } from '../members/reload';

/**
 * Takes all members away from an array that nothing has open, as a loss of power would: whatever waits below comes
 * back as an error, and nothing reaches any member any more.
 *
 * An array with a member that waits for its path cannot be stopped: md wants to write that member's superblock
 * first. Letting it fail that member alone would stop it, but would also write on the others that it had failed.
 * Members that all hold every acknowledged write would then disagree about that, and the next owner, who is to
 * assemble them all, could not. After a cut they are as any crash leaves them: equal, but for what the bitmap says.
 */
export async function cutOff(host: Host, members: readonly ObservedMember[], call: Call): Promise<void> {
  await releaseHeldRequests(host, members, call);
  // Members with a path first: while md still has one that works, it would write down the loss of the others.
  const order = [...members].sort((a, b) => Number(!a.path) - Number(!b.path));
  for (const { map } of order) {
    const { slot } = map.member;
    await host.locks.run(lockKeys.member(map.volumeUID, slot), call, () =>
      reload(host, map, errorTable(map.sizeBytes / 512), call),
    );
  }
}

/** A connection that is fenced, or that the kernel tries to mend, holds requests in a place no map reaches. */
async function releaseHeldRequests(host: Host, members: readonly ObservedMember[], call: Call): Promise<void> {
  for (const controller of await listControllers(host)) {
    const isUsed = members.some(({ map }) => map.member.partitionUUID === controller.partitionUUID);
    if (!isUsed || (await toImport(host, controller)).state === ImportState.LIVE) continue;
    await host.locks.run(lockKeys.import(controller.nqn), call, () => endConnection(host, controller.nqn, call));
  }
}
