import type { MigrationMove } from '../../api/model';

/** How many synchronisations may run at once. */
export interface Limits {
  /** On each node, in whatever part. */
  readonly perNode: number;
  /** Between any two nodes. */
  readonly perLink: number;
}

/** Two: one may be slowed down by its other end without keeping the node's drives idle. */
export const defaultLimits: Limits = { perNode: 2, perLink: 1 };

/** One migration, as others see it that want the same drives and links. */
export interface Claim {
  readonly name: string;
  readonly volumeName: string;
  readonly started: boolean;
  readonly paused: boolean;
  readonly reason: string;
  /** Members that the volume lacks. */
  readonly lacking: number;
  /** Members that hold every write. */
  readonly inSync: number;
  readonly createdAt: string;
  /** The node that runs the array. */
  readonly owner: string | undefined;
  /** Where members are made. */
  readonly targets: readonly string[];
}

export interface Queue {
  readonly me: Claim;
  readonly others: readonly Claim[];
  readonly limits: Limits;
}

/**
 * Why a migration has to wait, in words; undefined: it is its turn. Pure.
 *
 * Q1 One migration a volume.
 * Q2 As many as the limits say on each node and between two nodes.
 * Q3 Whoever is nearer to losing data goes first; then repairs before wishes, then the older before the younger.
 */
export function queuedBehind(queue: Queue, owner: string, moves: readonly MigrationMove[]): string | undefined {
  const { me, others, limits } = queue;
  const sibling = others.find(({ volumeName, started }) => started && volumeName === me.volumeName);
  if (sibling) return `${sibling.name} of the same volume comes first.`;
  const targets = [...new Set(moves.flatMap(({ nodeName }) => nodeName ?? []))];
  // What only takes a member away copies nothing.
  if (targets.length === 0) return undefined;
  const running = others.filter(({ started, paused }) => started && !paused);
  const nodes = [...new Set([owner, ...targets])];
  for (const node of nodes) {
    const here = running.filter((claim) => nodesOf(claim).includes(node));
    if (here.length >= limits.perNode)
      return `${here.length} synchronisations run on ${node} already, ${namesOf(here)}.`;
    const ahead = others.filter(
      (claim) => !claim.started && !claim.paused && claim.owner === node && isAhead(claim, me),
    );
    if (here.length + ahead.length >= limits.perNode) return `${namesOf(ahead)} on ${node} is more urgent.`;
  }
  for (const target of targets.filter((node) => node !== owner)) {
    const here = running.filter((claim) => claim.owner === owner && claim.targets.includes(target));
    if (here.length >= limits.perLink) return `${namesOf(here)} is being copied from ${owner} to ${target} already.`;
  }
  return undefined;
}

const nodesOf = ({ owner, targets }: Claim): string[] => [...(owner ? [owner] : []), ...targets];
const namesOf = (claims: readonly Claim[]): string => claims.map(({ name }) => name).join(', ');

export function isAhead(a: Claim, b: Claim): boolean {
  const order = [
    Number(b.lacking > 0) - Number(a.lacking > 0),
    a.inSync - b.inSync,
    Number(b.reason === 'MemberMissing') - Number(a.reason === 'MemberMissing'),
    compare(a.createdAt, b.createdAt),
    compare(a.name, b.name),
  ];
  return (order.find((difference) => difference !== 0) ?? 0) < 0;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
