import { isIP } from 'node:net';
import { posix } from 'node:path';
import { parseExportNQN, partitionLabelPrefix } from '../../../api/identity';
import { isVolumeName } from '../../../api/names';
import { HostError } from '../../errors';
import { Transport, type Endpoint, type MemberSource, type VolumeRef } from '../../gen/host';

/** Checks of what comes from outside. Each throws Invalid, naming what is wrong and what is expected. */

export function invalid(message: string): never {
  throw new HostError('Invalid', message);
}

function matching(pattern: RegExp, expected: string) {
  return (what: string, value: string): void => {
    if (!pattern.test(value)) invalid(`${what} ${JSON.stringify(value.slice(0, 80))} is not ${expected}`);
  };
}

export const requireUUID = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID in lower case');
export const requireDriveID = matching(/^[0-9A-Za-z][-0-9A-Za-z._]{0,255}$/, 'the id of a drive');
export const requireHostNQN = matching(/^nqn\.\d{4}-\d{2}\.[0-9a-z][-0-9a-z.:]{0,200}$/, 'an NQN');
export const requireLabel = matching(
  new RegExp(`^${partitionLabelPrefix}[0-9a-f]{24}$`),
  `a partition label (${partitionLabelPrefix} and the start of a volume's UID)`,
);

export function requireVolume(volume: VolumeRef | undefined): VolumeRef {
  if (!volume) return invalid('the volume is missing');
  requireUUID('volume uid', volume.uid);
  if (!isVolumeName(volume.name)) invalid(`${JSON.stringify(volume.name.slice(0, 80))} is not the name of a volume`);
  return volume;
}

export function requireExportNQN(nqn: string): { volumeUID: string; partitionUUID: string; epoch: number } {
  const parts = nqn.length <= 223 ? parseExportNQN(nqn) : undefined;
  return parts ?? invalid(`${JSON.stringify(nqn.slice(0, 80))} is not the NQN of an export`);
}

export function requireEndpoint(endpoint: Endpoint | undefined): {
  transport: 'tcp' | 'rdma';
  address: string;
  port: number;
} {
  if (!endpoint) return invalid('the endpoint is missing');
  const { address, port } = endpoint;
  if (isIP(address) === 0) invalid(`${JSON.stringify(address.slice(0, 80))} is not an IP address`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) invalid(`${port} is not a port`);
  if (endpoint.transport === Transport.TCP) return { transport: 'tcp', address, port };
  if (endpoint.transport === Transport.RDMA) return { transport: 'rdma', address, port };
  return invalid('the transport is neither TCP nor RDMA');
}

export function requireCount(what: string, value: number, least = 0, most = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) invalid(`${what} ${value} is out of range`);
}

export const requireSlot = (slot: number): void => requireCount('slot', slot, 0, 999);

/** An absolute path in normal form, without anything a mount table could not hold. */
export function requirePath(path: string): void {
  const normal =
    path.startsWith('/') && path !== '/' && path.length < 4096 && posix.normalize(path) === path && !path.endsWith('/');
  const clean = [...path].every((char) => char >= ' ' && char !== '\u007f');
  if (!normal || !clean || path.split('/').some((part) => part.length > 255)) {
    invalid(`${JSON.stringify(path.slice(0, 80))} is not an absolute, normal path`);
  }
}

/** A member's source, whose NQN (if it is imported) is of this volume, this partition and this epoch. */
export function requireSource(volume: VolumeRef, source: MemberSource | undefined, epoch: number): MemberSource {
  if (!source) return invalid('the source is missing');
  requireUUID('partition', source.partitionUuid);
  if ((source.nqn === undefined) !== (source.namespaceUuid === undefined)) {
    invalid('an imported member needs both NQN and namespace UUID');
  }
  if (source.nqn === undefined) return source;
  requireUUID('namespace', source.namespaceUuid!);
  const named = requireExportNQN(source.nqn);
  if (named.volumeUID !== volume.uid || named.partitionUUID !== source.partitionUuid) {
    invalid(`NQN ${source.nqn} is not one of partition ${source.partitionUuid} of volume ${volume.uid}`);
  }
  if (named.epoch !== epoch) invalid(`NQN ${source.nqn} is not one of epoch ${epoch}`);
  return source;
}
