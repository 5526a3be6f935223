import type { MeshStorVolume } from '../../api/model';
import { isVolumeName } from '../../api/names';
import { whole } from '../caches';
import { volumeCondition } from '../condition';
import type {
  ControllerGetVolumeRequest,
  ControllerGetVolumeResponse,
  ListVolumesRequest,
  ListVolumesResponse,
  ValidateVolumeCapabilitiesRequest,
  ValidateVolumeCapabilitiesResponse,
} from '../gen/csi';
import { accessesOf, misfit } from '../request/capability';
import { anyVolumeId } from '../request/ids';
import { parametersOf } from '../request/parameters';
import { quote } from '../request/text';
import { CsiError, invalid, notFound } from '../status';
import type { ControllerDeps } from './deps';
import { publishedNodes, volumeContext, volumeOf } from './describe';

const entryOf = (volume: MeshStorVolume) => ({
  volume: volumeOf(volume),
  status: { publishedNodeIds: publishedNodes(volume), volumeCondition: volumeCondition(volume) },
});

/**
 * Volumes in the order of their names, from the cache. A token names the last volume of its page, so that
 * volumes that come and go between two pages lose or repeat no other.
 */
export function listVolumes({ caches }: ControllerDeps, request: ListVolumesRequest): ListVolumesResponse {
  const { maxEntries, startingToken } = request;
  if (maxEntries < 0) throw invalid(`max_entries ${maxEntries} is negative`);
  const after = startingToken === '' ? '' : nameIn(startingToken);
  const rest = whole(caches.volumes)
    .filter(({ metadata }) => metadata.name > after)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const page = maxEntries === 0 ? rest : rest.slice(0, maxEntries);
  const nextToken = page.length < rest.length ? tokenOf(page.at(-1)!.metadata.name) : '';
  return { entries: page.map(entryOf), nextToken };
}

const tokenOf = (name: string): string => Buffer.from(`after/${name}`).toString('base64url');

function nameIn(token: string): string {
  const [kind, name = ''] = Buffer.from(token, 'base64url').toString().split('/');
  if (kind === 'after' && isVolumeName(name) && tokenOf(name) === token) return name;
  throw new CsiError(
    'ABORTED',
    `starting_token ${quote(token)} is not one that ListVolumes gave; start from the beginning`,
  );
}

export async function getVolume(
  { store }: ControllerDeps,
  request: ControllerGetVolumeRequest,
): Promise<ControllerGetVolumeResponse> {
  return entryOf(await existing(store, request.volumeId));
}

export async function validateCapabilities(
  { store }: ControllerDeps,
  request: ValidateVolumeCapabilitiesRequest,
): Promise<ValidateVolumeCapabilitiesResponse> {
  const { volumeCapabilities, parameters, mutableParameters } = request;
  if (volumeCapabilities.length === 0) throw invalid('volume_capabilities is missing');
  const volume = await existing(store, request.volumeId);
  const message = refusal(volume, request);
  if (message) return { confirmed: undefined, message };
  const confirmed = { volumeContext: volumeContext(volume), volumeCapabilities, parameters, mutableParameters };
  return { confirmed, message: '' };
}

/** Why a volume cannot be used as asked. Here that is an answer and not an error. */
function refusal(volume: MeshStorVolume, request: ValidateVolumeCapabilitiesRequest): string | undefined {
  try {
    parametersOf(request.parameters);
    const accesses = accessesOf('volume_capabilities', request.volumeCapabilities);
    return accesses.map((access) => misfit(volume, access)).find((why) => why !== undefined);
  } catch (error) {
    if (error instanceof CsiError && error.code === 'INVALID_ARGUMENT') return error.message;
    throw error;
  }
}

async function existing(store: ControllerDeps['store'], id: string): Promise<MeshStorVolume> {
  const name = anyVolumeId(id);
  const volume = name === undefined ? undefined : await store.read(name);
  if (!volume) throw notFound(`volume ${quote(id)} does not exist`);
  return volume;
}
