import { invalid } from '../status';
import { nearest } from './nearest';
import { quote } from './text';

/** What a StorageClass may say. Defaults and limits are those of the MeshStorVolume. */
export interface Parameters {
  readonly numberOfCopies: number;
  readonly drivesPerCopy: number;
  readonly memberMissingTimeout: number;
  readonly sectorSize?: 512 | 4096;
  readonly migratable: boolean;
  readonly fsType?: FsType;
}

export const fsTypes = ['xfs', 'ext4'] as const;
export type FsType = (typeof fsTypes)[number];

/** Kubernetes' sidecars use this prefix for themselves; what MeshStor does not know there is not its business. */
const sidecarPrefix = 'csi.storage.k8s.io/';

/** Every parameter, by its name, with the other name it goes by. */
const aliases = {
  numberOfCopies: 'replicaCount',
  drivesPerCopy: 'stripeWidth',
  memberMissingTimeout: undefined,
  sectorSize: undefined,
  migratable: undefined,
  [`${sidecarPrefix}fstype`]: undefined,
} as const;
const known = Object.entries(aliases).flatMap(([name, alias]) => (alias ? [name, alias] : [name]));

/** Throws INVALID_ARGUMENT naming the parameter, its value and what is allowed. */
export function parametersOf(given: Record<string, string>): Parameters {
  for (const name of Object.keys(given)) checkKnown(name);
  const sectorSize = choice(find(given, 'sectorSize'), ['512', '4096']);
  const fsType = choice(find(given, `${sidecarPrefix}fstype`), fsTypes);
  return {
    numberOfCopies: whole(find(given, 'numberOfCopies'), 1, 8) ?? 2,
    drivesPerCopy: whole(find(given, 'drivesPerCopy'), 1, 8) ?? 1,
    memberMissingTimeout: whole(find(given, 'memberMissingTimeout'), 60, 604_800) ?? 900,
    ...(sectorSize && { sectorSize: sectorSize === '512' ? 512 : 4096 }),
    migratable: choice(find(given, 'migratable'), ['true', 'false']) === 'true',
    ...(fsType && { fsType }),
  };
}

function checkKnown(name: string): void {
  if (known.includes(name) || name.startsWith(sidecarPrefix)) return;
  const near = nearest(name, known);
  const hint = near ? `did you mean ${near}? ` : '';
  throw invalid(`parameter ${quote(name)} is unknown; ${hint}the parameters are ${known.join(', ')}`);
}

interface Given {
  /** As the person spelled it: the name or its alias. */
  readonly name: string;
  readonly text: string;
}

function find(given: Record<string, string>, name: keyof typeof aliases): Given | undefined {
  const spelled = [name, aliases[name]].filter((key) => key !== undefined && Object.hasOwn(given, key));
  const [first, second] = spelled.map((key) => ({ name: key!, text: given[key!]! }));
  if (first && second && first.text !== second.text) {
    throw invalid(
      `parameters ${first.name} (${quote(first.text)}) and ${second.name} (${quote(second.text)}) mean the same ` +
        'and differ; give one of them',
    );
  }
  return first;
}

function whole(given: Given | undefined, min: number, max: number): number | undefined {
  if (!given) return undefined;
  const number = /^\d{1,9}$/.test(given.text) ? Number(given.text) : NaN;
  if (number >= min && number <= max) return number;
  throw notAllowed(given, `a whole number from ${min} to ${max}`);
}

function choice<T extends string>(given: Given | undefined, allowed: readonly T[]): T | undefined {
  if (!given) return undefined;
  const found = allowed.find((value) => value === given.text);
  if (found) return found;
  throw notAllowed(given, allowed.map((value) => `"${value}"`).join(' or '));
}

function notAllowed({ name, text }: Given, allowed: string): Error {
  return invalid(`parameter ${name}: ${quote(text)} is not allowed; give ${allowed}`);
}
