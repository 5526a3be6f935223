import { exclusionOf } from '../../api/drive';
import { minimumVolumeBytes } from '../../api/layout';
import type { MeshStorNodeDevice } from '../../api/model';
import { topologyKeys } from '../../api/names';
import { unfilled, whole } from '../caches';
import type { GetCapacityRequest, GetCapacityResponse } from '../gen/csi';
import { accessesOf } from '../request/capability';
import { parametersOf, type Parameters } from '../request/parameters';
import { pick } from '../request/topology';
import type { ControllerDeps } from './deps';
import { largestVolume, totalCapacity, type NodeRoom } from './room';

interface Offer {
  readonly node: string;
  readonly zone?: string;
  readonly room: NodeRoom;
}

/**
 * What could be provisioned with these parameters. With a node in the topology: with the first copy there and
 * the others anywhere. With only a zone: with all copies in it, as CreateVolume would place them.
 */
export function getCapacity(deps: ControllerDeps, request: GetCapacityRequest): GetCapacityResponse {
  if (request.volumeCapabilities.length > 0) accessesOf('volume_capabilities', request.volumeCapabilities);
  const parameters = parametersOf(request.parameters);
  const segments = pick(request.accessibleTopology?.segments ?? {}, [topologyKeys.node, topologyKeys.zone]);
  // All drives of a volume have the same sector size.
  const rooms = sectorSizes(deps, parameters).map((size) => roomIn(segments, offers(deps, size)));
  const totals = rooms.map(({ first, all }) => totalCapacity(first, all, parameters));
  return {
    availableCapacity: totals.reduce((sum, total) => sum + total, 0),
    maximumVolumeSize: Math.max(0, ...rooms.map(({ first, all }) => largestVolume(first, all, parameters))),
    minimumVolumeSize: minimumVolumeBytes,
  };
}

function sectorSizes({ devices }: ControllerDeps, { sectorSize }: Parameters): number[] {
  if (sectorSize !== undefined) return [sectorSize];
  return [...new Set(whole(devices).flatMap(({ status }) => status?.sectorSize ?? []))];
}

function roomIn(segments: Record<string, string>, offers: readonly Offer[]): { first: NodeRoom[]; all: NodeRoom[] } {
  const { [topologyKeys.node]: node, [topologyKeys.zone]: zone } = segments;
  const inZone = offers.filter((offer) => zone === undefined || offer.zone === zone);
  if (node === undefined) return { first: inZone.map(({ room }) => room), all: inZone.map(({ room }) => room) };
  const first = inZone.filter((offer) => offer.node === node);
  return { first: first.map(({ room }) => room), all: offers.map(({ room }) => room) };
}

/** The nodes, with their drives of this sector size that would be given partitions now. */
function offers({ devices, heard, clock }: ControllerDeps, sectorSize: number): Offer[] {
  if (!heard.hasSynced) throw unfilled();
  const now = clock.now();
  const byNode = new Map<string, MeshStorNodeDevice[]>();
  for (const device of whole(devices)) {
    byNode.set(device.spec.node, [...(byNode.get(device.spec.node) ?? []), device]);
  }
  return [...byNode].map(([node, drives]) => {
    const zone = drives.map(({ status }) => status?.facts?.zone).find((found) => found !== undefined);
    const isDead = heard.isDead(node);
    const fit = drives.filter((drive) => drive.status?.sectorSize === sectorSize && !exclusionOf(drive, isDead, now));
    return { node, ...(zone && { zone }), room: fit.map(roomOf) };
  });
}

function roomOf({ status }: MeshStorNodeDevice) {
  const biggestBytes = status?.biggestUsableFreeBytes ?? 0;
  return { biggestBytes, freeBytes: Math.max(biggestBytes, status?.freeBytes ?? 0) };
}
