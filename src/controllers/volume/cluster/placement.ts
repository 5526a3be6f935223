/** A drive that partitions could be put on, as the placement sees it. */
export interface Candidate {
  readonly nodeName: string;
  readonly zone: string | undefined;
  readonly device: string;
  readonly deviceID: string;
  readonly sectorSize: number;
  /** Largest stretch that can be promised: what the drive reports less what is promised already. */
  readonly freeBytes: number;
  /** Why the drive takes no partition at all, in words; undefined when it does. */
  readonly excluded: string | undefined;
}

export interface PlacementRequest {
  readonly copies: number;
  readonly drivesPerCopy: number;
  readonly partitionBytes: number;
  /** Sector size the drives must have; undefined: all the same, whichever fits. */
  readonly sectorSize: number | undefined;
  /** Zones the copies are restricted to; empty means any. */
  readonly zones: readonly string[];
  /** Nodes a person chose, with a drive or without. */
  readonly chosen: readonly { readonly nodeName: string; readonly device?: string }[];
  /** The consumer's node, as far as it is known. */
  readonly preferredNode: string | undefined;
}

export interface Spot {
  readonly nodeName: string;
  readonly device: string;
  readonly deviceID: string;
}

export type Placement =
  | { readonly ok: true; /** Copy by copy, the first copy first. */ readonly spots: readonly Spot[] }
  | { readonly ok: false; /** What is lacking, node by node. */ readonly lacking: string };

/**
 * Where the copies of a new volume go. Pure and deterministic.
 *
 * L1 Every copy is on a node of its own.
 * L2 Drives that are excluded, outside the zones that were asked for, of the wrong sector size, or too full take
 *    nothing; all drives of a volume have the same sector size, because md would otherwise take on the largest.
 * L3 A person's choice of nodes comes first, and fails rather than being replaced.
 * L4 The consumer's node comes before others.
 * L5 More free space comes before less; the name decides between equals.
 */
export function place(request: PlacementRequest, candidates: readonly Candidate[]): Placement {
  const sizes = request.sectorSize ? [request.sectorSize] : sectorSizesByPreference(request, candidates);
  for (const sectorSize of sizes) {
    const nodes = rank(request, offers({ ...request, sectorSize }, candidates));
    if (nodes && nodes.length >= request.copies) {
      return { ok: true, spots: nodes.slice(0, request.copies).flatMap(({ spots }) => spots) };
    }
  }
  return { ok: false, lacking: lacking(request, candidates) };
}

interface Offer {
  readonly nodeName: string;
  readonly spots: readonly Spot[];
  readonly freeBytes: number;
}

/** For each node that can take a copy: the drives it would use, the emptiest first. */
function offers(request: PlacementRequest, candidates: readonly Candidate[]): Offer[] {
  const byNode = groupByNode(candidates.filter((candidate) => obstacle(request, candidate) === undefined));
  return [...byNode].flatMap(([nodeName, drives]): Offer[] => {
    if (drives.length < request.drivesPerCopy) return [];
    const chosen = [...drives].sort(emptiestFirst).slice(0, request.drivesPerCopy);
    const freeBytes = Math.min(...chosen.map((drive) => drive.freeBytes));
    return [{ nodeName, freeBytes, spots: chosen.map(({ device, deviceID }) => ({ nodeName, device, deviceID })) }];
  });
}

/** L3 to L5; undefined when a chosen node cannot take a copy. */
function rank({ chosen, preferredNode }: PlacementRequest, nodes: readonly Offer[]): Offer[] | undefined {
  const rest = nodes
    .filter(({ nodeName }) => !chosen.some((choice) => choice.nodeName === nodeName))
    .sort((a, b) => emptiestFirst(a, b));
  const picked = chosen.map(({ nodeName }) => nodes.find((node) => node.nodeName === nodeName));
  if (picked.some((node) => node === undefined)) return undefined;
  const first = (a: Offer, b: Offer) => Number(b.nodeName === preferredNode) - Number(a.nodeName === preferredNode);
  return [...(picked as Offer[]).sort(first), ...rest.sort(first)];
}

/** The size that most nodes could serve comes first; a chosen or preferred node's own before all. */
function sectorSizesByPreference(request: PlacementRequest, candidates: readonly Candidate[]): number[] {
  const sizes = [...new Set(candidates.filter(({ excluded }) => !excluded).map(({ sectorSize }) => sectorSize))];
  const favourite = request.chosen[0]?.nodeName ?? request.preferredNode;
  const score = (sectorSize: number) => {
    const nodes = offers({ ...request, sectorSize }, candidates);
    return (nodes.some(({ nodeName }) => nodeName === favourite) ? 1_000_000 : 0) + nodes.length;
  };
  return sizes.sort((a, b) => score(b) - score(a) || a - b);
}

/** Why a drive cannot take one partition of this volume, in words. */
function obstacle(request: PlacementRequest, candidate: Candidate): string | undefined {
  const { excluded, sectorSize, freeBytes, zone, nodeName, device } = candidate;
  if (excluded) return excluded;
  if (request.zones.length > 0 && (zone === undefined || !request.zones.includes(zone))) {
    return `is in zone ${zone ?? '(none)'}, not in ${request.zones.join(' or ')}`;
  }
  const choice = request.chosen.find((entry) => entry.nodeName === nodeName);
  if (choice?.device && choice.device !== device) return `is not the chosen drive ${choice.device}`;
  if (request.sectorSize && sectorSize !== request.sectorSize) {
    return `has ${sectorSize}-byte sectors, ${request.sectorSize} are needed`;
  }
  if (freeBytes < request.partitionBytes) {
    return `has ${gib(freeBytes)} free in one piece, ${gib(request.partitionBytes)} are needed`;
  }
  return undefined;
}

/** Why a copy cannot be on the one node of these drives, in words; undefined: it can. */
export function lackingHere(request: PlacementRequest, candidates: readonly Candidate[]): string | undefined {
  return offers(request, candidates).length > 0 ? undefined : lines(request, candidates).join('; ');
}

function lacking(request: PlacementRequest, candidates: readonly Candidate[]): string {
  const drives = request.drivesPerCopy > 1 ? ` with ${request.drivesPerCopy} drives` : '';
  const head = `${request.copies} ${request.copies === 1 ? 'node' : 'nodes'}${drives} needed`;
  const all = lines(request, candidates);
  if (all.length === 0) return `${head}; no node has a drive known to MeshStor`;
  const more = all.length > maxLines ? `; and ${all.length - maxLines} more` : '';
  return `${head}; ${all.slice(0, maxLines).join('; ')}${more}`;
}

/** What each node lacks. */
function lines(request: PlacementRequest, candidates: readonly Candidate[]): string[] {
  const byNode = groupByNode(candidates);
  const known = [...byNode].map(([nodeName, all]) => {
    const problems = all.map((drive) => [drive.device, obstacle(request, drive)] as const);
    const fitting = problems.filter(([, problem]) => problem === undefined).length;
    const words = problems.filter(([, problem]) => problem !== undefined).map((pair) => pair.join(' '));
    if (fitting >= request.drivesPerCopy) return `${nodeName} can take a copy`;
    const need = request.drivesPerCopy > 1 ? `${fitting} of ${request.drivesPerCopy} drives fit: ` : '';
    return `${nodeName}: ${need}${words.join(', ')}`;
  });
  const unknown = request.chosen
    .filter(({ nodeName }) => !byNode.has(nodeName))
    .map(({ nodeName }) => `${nodeName}: has no drive known to MeshStor`);
  return [...unknown, ...known];
}

/** A condition message may hold 32 KiB, an event 1 KiB; nobody reads more nodes than this. */
const maxLines = 20;

function groupByNode(candidates: readonly Candidate[]): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of [...candidates].sort((a, b) => compare(a.nodeName, b.nodeName))) {
    groups.set(candidate.nodeName, [...(groups.get(candidate.nodeName) ?? []), candidate]);
  }
  return groups;
}

type Ranked = { readonly freeBytes: number; readonly nodeName: string; readonly device?: string };

function emptiestFirst(a: Ranked, b: Ranked): number {
  return b.freeBytes - a.freeBytes || compare(a.nodeName, b.nodeName) || compare(a.device ?? '', b.device ?? '');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sizes in messages; two decimals tell 9.99 GiB from 10. */
const gib = (bytes: number): string => `${(Math.max(0, bytes) / 1024 ** 3).toFixed(2)} GiB`;
