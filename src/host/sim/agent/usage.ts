import type { MemberIdentity } from '../../dm-names';
import { HostError } from '../../errors';
import type { KernelDevice } from '../kernel/device';
import { MultipathDevice } from '../kernel/dm/multipath';
import type { PartitionDevice } from '../kernel/drives';
import type { Subsystem } from '../kernel/nvmet';
import type { Host } from './host';
import { memberIdentity } from './names';

/** Exports by UUID of the partition they serve. */
export function exportsByPartition({ kernel }: Host): ReadonlyMap<string, Subsystem[]> {
  const found = new Map<string, Subsystem[]>();
  for (const subsystem of kernel.nvmet.list()) {
    const uuid = servedPartition(subsystem);
    if (uuid !== undefined) found.set(uuid, [...(found.get(uuid) ?? []), subsystem]);
  }
  return found;
}

/** Exports of one partition. */
export const exportsOf = ({ kernel }: Host, partitionUUID: string): Subsystem[] =>
  kernel.nvmet.list().filter((subsystem) => servedPartition(subsystem) === partitionUUID);

export const servedPartition = ({ namespace }: Subsystem): string | undefined =>
  (namespace?.device as PartitionDevice | undefined)?.uuid;

/** Member maps by the device they are made over. */
export function mapsByDevice({ kernel }: Host): ReadonlyMap<KernelDevice, MemberIdentity> {
  const found = new Map<KernelDevice, MemberIdentity>();
  for (const device of kernel.dm.list()) {
    const identity = memberIdentity(device);
    if (device instanceof MultipathDevice && identity && device.lower) found.set(device.lower, identity);
  }
  return found;
}

/** The member map that is made over this device. */
export function mapOver({ kernel }: Host, lower: KernelDevice): MemberIdentity | undefined {
  let found: MemberIdentity | undefined;
  for (const device of kernel.dm.list()) {
    if (device instanceof MultipathDevice && device.lower === lower) found = memberIdentity(device) ?? found;
  }
  return found;
}

/** Busy when the partition is served to others. */
export function requireNotExported(host: Host, uuid: string): void {
  const [subsystem] = exportsOf(host, uuid);
  if (subsystem) throw new HostError('Busy', `partition ${uuid} is exported as ${subsystem.nqn}`);
}

/** Busy when anything of this node holds the partition: a map, an array, a mount, a wipe. */
export function requireNotHeld(host: Host, uuid: string, partition: PartitionDevice | undefined): void {
  if (host.memory.wiping.has(uuid)) throw new HostError('Busy', `partition ${uuid} is being wiped`);
  if (!partition?.heldBy) return;
  const identity = mapOver(host, partition);
  if (identity) {
    const { volumeUID, slot } = identity;
    throw new HostError('Busy', `partition ${uuid} is held by member map ${slot} of volume ${volumeUID}`);
  }
  throw new HostError('Busy', `partition ${uuid} is in use by ${partition.heldBy}`);
}
