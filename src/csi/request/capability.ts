import type { MeshStorVolume, MeshStorVolumeSpec } from '../../api/model';
import type { VolumeCapability, VolumeCapability_AccessMode_Mode } from '../gen/csi';
import { invalid } from '../status';
import { fsTypes, type FsType } from './parameters';
import { hasControl, quote, required } from './text';

export type VolumeMode = MeshStorVolumeSpec['volumeMode'];
export type AccessMode = NonNullable<MeshStorVolumeSpec['accessModes']>[number];

/** One volume_capability, checked for what MeshStor can do at all. */
export interface Access {
  readonly volumeMode: VolumeMode;
  readonly mode: VolumeCapability_AccessMode_Mode;
  /** Unset when the caller leaves the choice to the volume. */
  readonly fsType?: FsType;
  readonly mountFlags: readonly string[];
}

/**
 * The PersistentVolume access mode behind each mode that can be served. Kubernetes has no name for a single
 * reader; it is attached like a single writer, and published read-only.
 */
const accessModes: Partial<Record<VolumeCapability_AccessMode_Mode, AccessMode>> = {
  SINGLE_NODE_WRITER: 'ReadWriteOnce',
  SINGLE_NODE_READER_ONLY: 'ReadWriteOnce',
  SINGLE_NODE_MULTI_WRITER: 'ReadWriteOnce',
  SINGLE_NODE_SINGLE_WRITER: 'ReadWriteOncePod',
};

export const accessModeOf = ({ mode }: Access): AccessMode => accessModes[mode]!;

/** `field` is the capability's name on the wire. Throws INVALID_ARGUMENT for what can never be served. */
export function accessOf(field: string, capability: VolumeCapability | undefined): Access {
  const { accessType, accessMode } = required(field, capability);
  const type = required(`${field}.access_type`, accessType);
  const mode = accessMode?.mode ?? 'UNKNOWN';
  if (!accessModes[mode]) throw invalid(`${field}.access_mode ${mode}${whyNot(mode, type.$case)}; ${supported}`);
  if (type.$case === 'block') return { volumeMode: 'Block', mode, mountFlags: [] };
  const { fsType, mountFlags, volumeMountGroup } = type.mount;
  if (volumeMountGroup !== '') throw invalid(`${field}.mount.volume_mount_group is not supported`);
  for (const flag of mountFlags) checkMountFlag(`${field}.mount.mount_flags`, flag);
  return { volumeMode: 'Filesystem', mode, ...fsTypeOf(`${field}.mount.fs_type`, fsType), mountFlags };
}

/** Live migration, which will attach a migratable block volume to two nodes, is not in this version. */
function whyNot(mode: VolumeCapability_AccessMode_Mode, accessType: 'block' | 'mount'): string {
  if (mode !== 'MULTI_NODE_MULTI_WRITER') return ' is not supported';
  return accessType === 'mount'
    ? ' (ReadWriteMany): a file system cannot be used from several nodes'
    : ' (ReadWriteMany): this version attaches a volume to one node at a time, a migratable one as well';
}

const supported =
  'supported are SINGLE_NODE_WRITER, SINGLE_NODE_SINGLE_WRITER, SINGLE_NODE_MULTI_WRITER and SINGLE_NODE_READER_ONLY ' +
  '(ReadWriteOnce, ReadWriteOncePod)';

function fsTypeOf(field: string, text: string): { fsType?: FsType } {
  if (text === '') return {};
  const fsType = fsTypes.find((known) => known === text);
  if (!fsType) throw invalid(`${field} ${quote(text)} is not supported; give ${fsTypes.join(' or ')}`);
  return { fsType };
}

/** Flags reach mount(8) as values of -o; longer ones than any real option are refused. */
function checkMountFlag(field: string, flag: string): void {
  if (flag === '' || flag.length > 256 || hasControl(flag) || flag.startsWith('-')) {
    throw invalid(`${field}: ${quote(flag)} is not a mount option`);
  }
}

/** All capabilities of one volume. They must agree on block or file system. */
export function accessesOf(field: string, capabilities: readonly VolumeCapability[]): Access[] {
  if (capabilities.length === 0) throw invalid(`${field} is missing`);
  const accesses = capabilities.map((capability, index) => accessOf(`${field}[${index}]`, capability));
  if (new Set(accesses.map(({ volumeMode }) => volumeMode)).size > 1) {
    throw invalid(`${field} ask for a block volume and for a file system at once`);
  }
  return accesses;
}

/** Why a volume cannot be used in this way; undefined when it can. */
export function misfit({ metadata, spec }: MeshStorVolume, access: Access): string | undefined {
  const volume = `volume ${metadata.name}`;
  if (access.volumeMode !== spec.volumeMode) {
    return `${volume} has volumeMode ${spec.volumeMode}, not ${access.volumeMode}`;
  }
  if (access.fsType && access.fsType !== spec.fsType)
    return `${volume} has fsType ${spec.fsType}, not ${access.fsType}`;
  return undefined;
}
