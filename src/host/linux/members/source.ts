import { HostError } from '../../errors';
import { ImportState, type MemberSource } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import type { MemberMap } from '../dm/devices';
import type { Host } from '../host';
import { findController, namespaceDevice, toImport } from '../imports/connections';
import { recentPartition } from '../partitions/find';
import { nodeOf } from '../partitions/block-device';
import { requireSession } from '../partitions/session';
import { exportsOf } from '../partitions/users';
import { mountsOf, readMounts } from '../mounts/table';

/** What a member is to lead to. */
export interface Wanted {
  readonly source: MemberSource;
  /** Of a partition of this node: the one session of its drive in which it may be used; empty for any. */
  readonly session: string;
}

/** The block device a member's bytes are on, identified just now. */
export interface PathDevice {
  /** nvme0n1p3 or nvme4n1 */
  readonly name: string;
  readonly path: string;
  /** major:minor */
  readonly devno: string;
  readonly sizeBytes: number;
}

/** Checks what can be checked without looking: an import is named by all that it must agree in. */
export function checkSource(source: MemberSource | undefined, volumeUID: string, epoch: number): MemberSource {
  if (!source) throw new HostError('Invalid', 'source is missing');
  const { partitionUuid, nqn, namespaceUuid } = source;
  door.uuid('source.partition_uuid', partitionUuid);
  if (nqn === undefined) return { partitionUuid };
  const name = door.exportName('source.nqn', nqn);
  if (name.partitionUUID !== partitionUuid || name.volumeUID !== volumeUID) {
    throw new HostError('Invalid', `${nqn} is not an export of partition ${partitionUuid} of volume ${volumeUID}`);
  }
  if (name.epoch !== epoch) throw new HostError('Invalid', `${nqn} is not an export of epoch ${epoch}`);
  return { partitionUuid, nqn, namespaceUuid: door.uuid('source.namespace_uuid', namespaceUuid ?? '') };
}

export function resolveSource(
  host: Host,
  { source, session }: Wanted,
  map: MemberMap | undefined,
  call: Call,
): Promise<PathDevice> {
  return source.nqn === undefined
    ? localPartition(host, source.partitionUuid, session, map, call)
    : imported(host, source.nqn, source.namespaceUuid!);
}

/**
 * Throws Unreachable unless the device is still the source. To be asked once device-mapper has opened it, and before
 * anything uses it so: until then the kernel may give its number to another device, from then on it cannot.
 */
export async function requireStill(
  host: Host,
  wanted: Wanted,
  { devno, name }: PathDevice,
  map: MemberMap | undefined,
  call: Call,
): Promise<void> {
  const now = await resolveSource(host, wanted, map, call);
  if (now.devno === devno) return;
  const { source } = wanted;
  const what = source.nqn ?? `partition ${source.partitionUuid}`;
  throw new HostError('Unreachable', `${what} was ${name} (${devno}) a moment ago and is ${now.name} (${now.devno})`);
}

/** Invariant I4: never exported and a member at once; nvmet would let both write. */
async function localPartition(
  host: Host,
  uuid: string,
  session: string,
  map: MemberMap | undefined,
  call: Call,
): Promise<PathDevice> {
  const found = await recentPartition(host, uuid, call);
  await requireSession(host, found.drive, session);
  const node = await nodeOf(host, found, call);
  const [served] = await exportsOf(host, uuid);
  if (served) throw new HostError('Busy', `partition ${uuid} is exported from this node as ${served.nqn}`);
  const others = node.holders.filter((holder) => holder !== map?.kernelName);
  if (others.length > 0)
    throw new HostError('Busy', `partition ${uuid} (${node.name}) is held by ${others.join(', ')}`);
  const [mount] = mountsOf(await readMounts(host), node.devno);
  if (mount) throw new HostError('Busy', `partition ${uuid} (${node.name}) is mounted at ${mount.path}`);
  return node;
}

async function imported(host: Host, nqn: string, namespaceUUID: string): Promise<PathDevice> {
  const found = await findController(host, nqn);
  if (!found) throw new HostError('NotFound', `this node has no import ${nqn}`);
  const controller = { ...found, namespaceUUID };
  const { state } = await toImport(host, controller);
  const device = await namespaceDevice(host, controller);
  if (state === ImportState.LIVE && device) return device;
  throw new HostError('Unreachable', `import ${nqn} is ${state}, not live with namespace ${namespaceUUID}`);
}
