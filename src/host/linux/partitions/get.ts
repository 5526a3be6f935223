import type { GetPartitionRequest, Partition } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import type { Host } from '../host';
import { describePartition } from './describe';
import { recentPartition } from './find';
import { exportsOf } from './users';

export async function getPartition(host: Host, request: GetPartitionRequest, call: Call): Promise<Partition> {
  const uuid = door.uuid('uuid', request.uuid);
  const { drive, entry } = await recentPartition(host, uuid, call);
  return describePartition(host, drive, entry, await exportsOf(host, uuid));
}
