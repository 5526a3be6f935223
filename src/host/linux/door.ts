import { isIP } from 'node:net';
import { posix } from 'node:path';
import { exportNQN, parseExportNQN } from '../../api/identity';
import { isVolumeName } from '../../api/names';
import { HostError } from '../errors';
import { Transport, type Endpoint, type FileSystem, type VolumeRef } from '../gen/host';

/**
 * What every verb checks before it looks at anything: input is hostile until its form is known. All throw
 * Invalid, naming the field and what was found.
 */

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function uuid(field: string, value: string): string {
  return uuidForm.test(value) ? value : refuse(field, value, 'a UUID in lower case');
}

export function volume(ref: VolumeRef | undefined): VolumeRef {
  if (!ref) return refuse('volume', '', 'a volume');
  uuid('volume.uid', ref.uid);
  return isVolumeName(ref.name) ? ref : refuse('volume.name', ref.name, 'a volume name');
}

export interface ExportName {
  readonly nqn: string;
  readonly volumeUID: string;
  readonly partitionUUID: string;
  readonly epoch: number;
}

export function exportName(field: string, nqn: string): ExportName {
  const parts = parseExportNQN(nqn);
  const isOurs =
    parts !== undefined &&
    uuidForm.test(parts.volumeUID) &&
    nqn.startsWith(exportNQN(parts.volumeUID, parts.partitionUUID, parts.epoch));
  return isOurs ? { nqn, ...parts } : refuse(field, nqn, 'the NQN of a MeshStor export');
}

/** Goes into a folder's name and into a list between commas. 223 is the standard's limit. */
export function hostNQN(field: string, value: string): string {
  const isPlain = value.length <= 223 && /^nqn\.\d{4}-\d{2}\.[A-Za-z0-9.:_-]+$/.test(value);
  return isPlain ? value : refuse(field, value, 'a host NQN');
}

export function endpoint(value: Endpoint | undefined): Endpoint {
  if (!value) return refuse('endpoint', '', 'an endpoint');
  const { transport, address, port } = value;
  if (transport !== Transport.TCP && transport !== Transport.RDMA) {
    return refuse('endpoint.transport', transport, 'TCP or RDMA');
  }
  if (isIP(address) === 0 || address.includes('%')) return refuse('endpoint.address', address, 'an IP address');
  return port >= 1 && port <= 65535 ? value : refuse('endpoint.port', port, 'a port from 1 to 65535');
}

/** As the kernel prints a wwid: uuid.…, eui.…, nvme.…. */
export function driveID(value: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,255}$/.test(value) ? value : refuse('drive_id', value, "a drive's id");
}

/** The whole GPT partition name, as partitionLabel makes it. */
export function label(value: string): string {
  return /^meshstor:[0-9a-f]{24}$/.test(value) ? value : refuse('label', value, "a MeshStor partition's name");
}

export function bytes(field: string, value: number, least: number): number {
  const isSize = Number.isSafeInteger(value) && value >= least;
  return isSize ? value : refuse(field, value, `a whole number of bytes, at least ${least}`);
}

export function slot(value: number): number {
  return Number.isInteger(value) && value >= 0 && value < 1000 ? value : refuse('slot', value, 'a slot from 0 to 999');
}

export function epoch(value: number): number {
  return Number.isSafeInteger(value) && value >= 1 ? value : refuse('epoch', value, 'an ownership epoch from 1 on');
}

const maxPath = 4095;
const maxName = 255;

export function path(field: string, value: string): string {
  const isNormal = posix.isAbsolute(value) && posix.normalize(value) === value && !value.endsWith('/');
  // eslint-disable-next-line no-control-regex -- control characters are just what must not be in a path
  const isPlain = !/[\u0000-\u001f\u007f]/.test(value);
  const fits = Buffer.byteLength(value) <= maxPath && value.split('/').every((n) => Buffer.byteLength(n) <= maxName);
  return isNormal && isPlain && fits ? value : refuse(field, value, 'an absolute, normal path below /');
}

export function fileSystem(value: FileSystem | undefined): FileSystem {
  if (!value) return refuse('file_system', '', 'a file system');
  if (value.type !== 'xfs' && value.type !== 'ext4') return refuse('file_system.type', value.type, 'xfs or ext4');
  uuid('file_system.uuid', value.uuid);
  return value;
}

function refuse(field: string, value: string | number, wanted: string): never {
  const shown = JSON.stringify(typeof value === 'string' ? value.slice(0, 300) : value);
  throw new HostError('Invalid', `${field} is ${shown}, which is not ${wanted}`);
}
