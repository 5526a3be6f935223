import { isVolumeName } from '../../api/names';
import { invalid } from '../status';
import { hasControl, quote, required } from './text';

/** CSI's limit for names and ids, in bytes. */
const maxNameBytes = 128;

/** The name CreateVolume is called with: anything that a person could have meant as a name. */
export function requestedName(name: string): string {
  required('name', name);
  const why = nameFault(name);
  if (why) throw invalid(`name ${quote(name)} ${why}`);
  return name;
}

function nameFault(name: string): string | undefined {
  const bytes = Buffer.byteLength(name);
  if (bytes > maxNameBytes) return `is ${bytes} bytes long; at most ${maxNameBytes} are allowed`;
  if (hasControl(name)) return 'contains control characters';
  if (name.includes('/')) return 'contains "/"';
  if (name.includes('..')) return 'contains ".."';
  return undefined;
}

/** The volume_id of a call that acts on a volume. INVALID_ARGUMENT when no volume can have it. */
export function volumeId(id: string): string {
  required('volume_id', id);
  if (!isVolumeName(id)) throw invalid(`volume_id ${quote(id)} is not the name of a MeshStor volume`);
  return id;
}

/**
 * The volume_id of a call that succeeds, or answers NOT_FOUND, when there is no such volume: undefined when no
 * volume can have it. INVALID_ARGUMENT when it is missing.
 */
export function anyVolumeId(id: string): string | undefined {
  required('volume_id', id);
  return isVolumeName(id) ? id : undefined;
}

/** A Kubernetes node name: a DNS subdomain. */
const nodeName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export const isNodeName = (name: string): boolean => name.length <= 253 && nodeName.test(name);

export function nodeId(id: string): string {
  required('node_id', id);
  if (!isNodeName(id)) throw invalid(`node_id ${quote(id)} is not the name of a node`);
  return id;
}
