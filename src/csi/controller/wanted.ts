import type { MeshStorVolume, MeshStorVolumeSpec } from '../../api/model';
import { annotations, finalizers, labels, nodeLabel, volumeNameFor } from '../../api/names';
import { apiGroup, apiVersion } from '../../api/resources';
import type { CapacityRange, CreateVolumeRequest } from '../gen/csi';
import { capacityOf, satisfies } from '../request/capacity';
import { accessesOf, accessModeOf, type Access } from '../request/capability';
import { requestedName } from '../request/ids';
import { parametersOf, type FsType, type Parameters } from '../request/parameters';
import { quote } from '../request/text';
import { topologyOf } from '../request/topology';
import { invalid } from '../status';

/** The volume a CreateVolume call asks for. Throws INVALID_ARGUMENT or OUT_OF_RANGE. */
export function wantedVolume(request: CreateVolumeRequest): MeshStorVolume {
  const requested = requestedName(request.name);
  const accesses = accessesOf('volume_capabilities', request.volumeCapabilities);
  const parameters = parametersOf(request.parameters);
  if (request.volumeContentSource) throw invalid('volume_content_source: snapshots and clones are not supported');
  const [mutable] = Object.keys(request.mutableParameters);
  if (mutable !== undefined) throw invalid(`mutable_parameters: ${quote(mutable)} cannot be changed later`);
  const { topology, firstNode } = topologyOf(request.accessibilityRequirements);
  const name = volumeNameFor(requested);
  return {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'MeshStorVolume',
    metadata: {
      name,
      finalizers: [finalizers.volume],
      ...(firstNode && { labels: { [labels.consumer]: nodeLabel(firstNode) } }),
      ...(name !== requested && { annotations: { [annotations.requestedName]: requested } }),
    },
    spec: { ...specOf(parameters, accesses, request.capacityRange), ...(topology && { topology }) },
  };
}

function specOf(
  parameters: Parameters,
  accesses: readonly Access[],
  capacityRange: CapacityRange | undefined,
): MeshStorVolumeSpec {
  const { numberOfCopies, drivesPerCopy, memberMissingTimeout, sectorSize, migratable } = parameters;
  const { volumeMode } = accesses[0]!;
  if (migratable && volumeMode === 'Filesystem') {
    throw invalid('parameter migratable: "true" needs volumeMode Block');
  }
  return {
    capacityBytes: capacityOf(capacityRange, drivesPerCopy),
    numberOfCopies,
    drivesPerCopy,
    memberMissingTimeout,
    ...(sectorSize && { sectorSize }),
    fsType: fsTypeOf(parameters, accesses),
    volumeMode,
    accessModes: [...new Set(accesses.map(accessModeOf))],
    migratable,
    memberLossPolicy: 'Wait',
    followConsumer: true,
  };
}

function fsTypeOf(parameters: Parameters, accesses: readonly Access[]): FsType {
  const asked = new Set([parameters.fsType, ...accesses.map(({ fsType }) => fsType)]);
  asked.delete(undefined);
  if (asked.size > 1) throw invalid(`file system types ${[...asked].join(' and ')} are asked for at once; give one`);
  return [...asked][0] ?? 'xfs';
}

/** What must be alike for two CreateVolume calls to mean the same volume. Where its copies are is not part of it. */
const compared = [
  'numberOfCopies',
  'drivesPerCopy',
  'memberMissingTimeout',
  'sectorSize',
  'fsType',
  'volumeMode',
  'migratable',
] as const;

/** How an existing volume differs from what is asked for now; undefined when it is the same. */
export function differenceTo(
  existing: MeshStorVolume,
  wanted: MeshStorVolume,
  capacityRange: CapacityRange | undefined,
): string | undefined {
  const requested = ({ metadata }: MeshStorVolume) =>
    metadata.annotations?.[annotations.requestedName] ?? metadata.name;
  if (requested(existing) !== requested(wanted)) return `it was requested as ${quote(requested(existing))}`;
  const { spec } = existing;
  if (!satisfies(spec.capacityBytes, capacityRange)) {
    return `capacityBytes is ${spec.capacityBytes}, asked for are ${wanted.spec.capacityBytes}`;
  }
  const fields = compared.filter((field) => spec[field] !== wanted.spec[field]);
  const modes = (list: MeshStorVolumeSpec['accessModes']) => [...(list ?? [])].sort().join(', ');
  const differences = fields.map((field) => `${field} is ${spec[field]}, asked for is ${wanted.spec[field]}`);
  if (modes(spec.accessModes) !== modes(wanted.spec.accessModes)) {
    differences.push(`accessModes are ${modes(spec.accessModes)}, asked for are ${modes(wanted.spec.accessModes)}`);
  }
  return differences.length > 0 ? differences.join('; ') : undefined;
}
