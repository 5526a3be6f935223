/** A drive of a node. */
export interface DriveSpec {
  sizeMiB: number;
  /** Logical block size. Default 512. With 4096 it forgets in a power cut what was not flushed, with 512 nothing. */
  sectorSize?: 512 | 4096;
  /** Whether the drive says that it has a volatile write cache. Default true. */
  volatileWriteCache?: boolean;
}

export interface LabOptions {
  /** How many nodes (named n1, n2, ...) or their names. Default 3. */
  nodes?: number | readonly string[];
  /** Drives of every node, or how many of `driveSizeMiB`. Default 2. */
  drives?: number | readonly DriveSpec[];
  driveSizeMiB?: number;
  /** Memory of each node; taken from the host as it is used. Default 512. */
  memoryMiB?: number;
  /** Called with the host file of every drive before the first boot, to put something onto it. */
  prepareDrive?: (path: string, node: string, drive: number) => Promise<void> | void;
  /** The lab outlives this process and is ended by somebody else (the command line). Default false. */
  detached?: boolean;
  /** Folder that gets consoles and logs and is kept. Default: they go with the lab. */
  logs?: string;
}

export interface NodeSpec {
  name: string;
  /** 1 for the first node. */
  number: number;
  drives: Required<DriveSpec>[];
  memoryMiB: number;
}

const letters = 10;

/** What the options mean, node by node; throws on what the lab cannot do. */
export function planNodes(options: LabOptions): NodeSpec[] {
  const { nodes = 3, drives = 2, driveSizeMiB = 2048, memoryMiB = 512 } = options;
  const names = typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => `n${i + 1}`) : nodes;
  const specs: readonly DriveSpec[] =
    typeof drives === 'number' ? Array.from({ length: drives }, () => ({ sizeMiB: driveSizeMiB })) : drives;
  if (names.length < 1 || names.length > 99) throw new Error(`A lab has 1 to 99 nodes, not ${names.length}`);
  if (specs.length > letters) throw new Error(`A lab node has up to ${letters} drives, not ${specs.length}`);
  const full = specs.map((spec) => ({ sectorSize: 512 as const, volatileWriteCache: true, ...spec }));
  return names.map((name, i) => ({ name, number: i + 1, drives: full, memoryMiB }));
}

const two = (number: number) => String(number).padStart(2, '0');

/** What names a drive for good: the same at every boot, different from every other drive of the lab. */
export const driveUuid = (node: NodeSpec, drive: number): string =>
  `1ab00000-00${two(node.number)}-4000-8000-0000000000${two(drive)}`;
export const driveSerial = (node: NodeSpec, drive: number): string => `LAB-${node.name.toUpperCase()}-${drive}`;

export const hostId = (node: NodeSpec): string => `1ab00000-00${two(node.number)}-4000-9000-000000000000`;
export const hostNqn = (node: NodeSpec): string => `nqn.2014-08.org.nvmexpress:uuid:${hostId(node)}`;
