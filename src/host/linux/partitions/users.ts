import { HostError } from '../../errors';
import type { Export } from '../../gen/host';
import { readExports } from '../exports/read';
import type { Host } from '../host';
import { mountsOf, readMounts } from '../mounts/table';
import type { PartitionNode } from './block-device';

/** What uses a partition, besides an export: a map, an array, a mount. For people; undefined when nothing does. */
export async function localUser(host: Host, node: PartitionNode): Promise<string | undefined> {
  if (node.holders.length > 0) return node.holders.join(', ');
  const [mount] = mountsOf(await readMounts(host), node.devno);
  return mount && `the mount at ${mount.path}`;
}

/** Exports that serve a partition, complete or not; nvmet takes no claim that would show elsewhere. */
export async function exportsOf(host: Host, uuid: string): Promise<Export[]> {
  return (await readExports(host)).filter(({ partitionUuid }) => partitionUuid === uuid);
}

/** Throws Busy when anything on this node uses the partition. */
export async function requireUnused(host: Host, uuid: string, node: PartitionNode): Promise<void> {
  const [served] = await exportsOf(host, uuid);
  if (served) throw new HostError('Busy', `partition ${uuid} is exported as ${served.nqn}`);
  const user = await localUser(host, node);
  if (user !== undefined) throw new HostError('Busy', `partition ${uuid} (${node.name}) is in use by ${user}`);
}
