import type { HostAgent } from '../../../src/host/contract';

/**
 * What the contract suite needs of a world to run in: a few nodes with a host agent each, and fixtures that
 * reach around the agents. Time may be virtual: tests let it pass only through `eventually` and `pass`.
 */
export interface ContractWorld {
  /** Three nodes whose storage links are all up. */
  readonly nodes: readonly [ContractNode, ContractNode, ContractNode];
  /** Packets between the two vanish from now on, in both directions. */
  cutLink(a: ContractNode, b: ContractNode): Promise<void>;
  healLink(a: ContractNode, b: ContractNode): Promise<void>;
  /** Calls `look` until it does not throw any more, and gives what it returned; rethrows after `limitMs`. */
  eventually<T>(look: () => Promise<T> | T, limitMs?: number): Promise<T>;
  /** Lets that much time pass. For what must *not* happen within it. */
  pass(ms: number): Promise<void>;
  /** Leaves nothing behind: links up, drives as they were, no stack, export or partition of a test. */
  close(): Promise<void>;
}

/** What a world cannot do is not tested in it, and shows as skipped. */
export interface Abilities {
  /** `powerCut` and `boot`. */
  readonly power: boolean;
  /** `hangDrive`. */
  readonly hang: boolean;
  /** `pullDrive`. */
  readonly pull: boolean;
  /** The first node has a drive with sectors of 4,096 bytes. */
  readonly largeSectors: boolean;
}

export interface ContractNode {
  readonly name: string;
  readonly agent: HostAgent;
  /** Address of the node on the storage network. */
  readonly address: string;
  /** At least two, of 1 GiB or more, with sectors of 512 bytes, blank or with a table of MeshStor's. */
  readonly drives: readonly DriveFixture[];
  /** Set where the world has it. */
  readonly largeSectorDrive?: DriveFixture;

  /** Makes the drive hold nothing, or something of somebody else's. It has no partition in use. */
  prepareDrive(id: string, contents: 'blank' | 'foreign-table' | 'foreign-file-system'): Promise<void>;
  /** Bytes of one of the node's own partitions, past every cache. Offset and length are multiples of 4,096. */
  readPartition(uuid: string, offset: number, length: number): Promise<Buffer>;
  writePartition(uuid: string, offset: number, bytes: Buffer): Promise<void>;
  /** First bytes of a drive. */
  readDrive(id: string, length: number): Promise<Buffer>;
  /** Opens a block device as a pod does. */
  openDevice(path: string): Promise<DeviceHandle>;
  /** Starts to work in a mounted directory: until closed, it is in use. */
  openFiles(path: string): Promise<FilesHandle>;
  /** Whether anything is at the path. */
  exists(path: string): Promise<boolean>;
  /** A directory of the test's own to mount things under. */
  readonly scratch: string;

  powerCut(): Promise<void>;
  boot(): Promise<void>;
  /** Requests to the drive wait until the function returned is called. */
  hangDrive(id: string): Promise<() => Promise<void>>;
  /** Takes the drive out until the function returned is called. */
  pullDrive(id: string): Promise<() => Promise<void>>;
}

/** An open block device. Offsets and lengths are multiples of 4,096. */
export interface DeviceHandle {
  /** Resolved when the write is acknowledged and durable, which may take for ever; rejected when it failed. */
  write(offset: number, bytes: Buffer): Promise<void>;
  /** Past every cache of the node. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

export interface FilesHandle {
  write(name: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  close(): Promise<void>;
}

export interface DriveFixture {
  readonly id: string;
  readonly sectorSize: number;
}
