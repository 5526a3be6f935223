import type { MeshStorVolumeSpec } from '../../api/model';
import { topologyKeys } from '../../api/names';
import type { Topology, TopologyRequirement } from '../gen/csi';
import { invalid } from '../status';
import { hasControl, quote } from './text';

/**
 * Preferred terms that are kept. Provisioners name every node of the cluster; placement needs at most 8 nodes,
 * and the rest would be carried by every watch of the volume.
 */
const maxPreferred = 32;

export interface Wanted {
  readonly topology?: NonNullable<MeshStorVolumeSpec['topology']>;
  /** The node that the scheduler chose for the first consumer, if it did. */
  readonly firstNode?: string;
}

/**
 * Any node can reach a volume, so terms that name nodes order the candidates and never exclude one; zones
 * restrict where copies may be.
 */
export function topologyOf(requirement: TopologyRequirement | undefined): Wanted {
  const terms = (list: readonly Topology[], keys: readonly string[]) =>
    distinct(list.map(({ segments }) => pick(segments, keys)).filter((term) => Object.keys(term).length > 0));
  const requisite = terms(requirement?.requisite ?? [], [topologyKeys.zone]);
  const preferred = terms(requirement?.preferred ?? [], [topologyKeys.node, topologyKeys.zone]).slice(0, maxPreferred);
  const firstNode = requirement?.preferred[0]?.segments[topologyKeys.node];
  const topology = {
    ...(requisite.length > 0 && { requisite }),
    ...(preferred.length > 0 && { preferred }),
  };
  return { ...(Object.keys(topology).length > 0 && { topology }), ...(firstNode && { firstNode }) };
}

/** The segments with these keys, checked. */
export function pick(segments: Record<string, string>, keys: readonly string[]): Record<string, string> {
  const term: Record<string, string> = {};
  for (const key of keys) {
    const value = segments[key];
    if (value === undefined) continue;
    if (value === '' || value.length > 253 || hasControl(value)) {
      throw invalid(`topology segment ${key}: ${quote(value)} is not a name`);
    }
    term[key] = value;
  }
  return term;
}

function distinct(terms: Record<string, string>[]): Record<string, string>[] {
  return [...new Map(terms.map((term) => [JSON.stringify(term), term])).values()];
}
