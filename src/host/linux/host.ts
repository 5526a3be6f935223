import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/log';
import type { Configfs } from './exports/configfs';
import type { Exec } from './exec';
import type { Locks } from './locks';
import type { PathState } from './members/path-state';
import type { Superblocks } from './members/superblocks';
import type { PartitionTable } from './parse/sfdisk';
import type { Recent } from './recent';
import type { AutoAssembly } from './setup/auto-assembly';
import type { Sysfs } from './sysfs';

/** Where things are. Tests give folders of their own. */
export interface HostPaths {
  readonly sys: string;
  readonly proc: string;
  readonly dev: string;
  readonly nvmet: string;
  /** Folder for files of this agent's own. Need not survive it. */
  readonly run: string;
  /** mdadm.conf of the machine, which its udev rules obey. Of several the first that exists. */
  readonly machineMdadmConf: readonly string[];
  /** mdadm.conf that the mdadm of this agent reads: the same file where no container is between. */
  readonly ownMdadmConf: string;
  /** Folder for udev rules that last until the machine's next boot. */
  readonly udevRules: string;
  /** What a volume may be mounted under. A root may be a link; below it nothing may be one. */
  readonly mountRoots: readonly string[];
}

/** What was read a moment ago. */
export interface RecentReads {
  /** Partition tables, by `driveKey`. */
  readonly tables: Recent<{ readonly table: PartitionTable | undefined }>;
  /** What drives without a table of MeshStor's are used for, by `driveKey`. */
  readonly signs: Recent<{ readonly found: string | undefined }>;
  /** What member maps do with I/O, by UUID. */
  readonly paths: Recent<PathState>;
}

/** What the verbs share. None of it is a cache of the kernel's state, except where it says so. */
export interface Host {
  readonly clock: Clock;
  readonly log: Logger;
  readonly exec: Exec;
  readonly sysfs: Sysfs;
  readonly proc: Sysfs;
  readonly paths: HostPaths;
  readonly locks: Locks;
  readonly nvmet: Configfs;
  readonly superblocks: Superblocks;
  readonly recent: RecentReads;
  readonly autoAssembly: AutoAssembly;
  /** Drive that had a partition (by UUID) when it was last seen: where to look first, and no more than that. */
  readonly lastSeenOn: Map<string, string>;
  /** Namespace UUID that Connect was asked for, by NQN. Unknown after a restart: then the one the NQN implies. */
  readonly expectedNamespace: Map<string, string>;
  /** I/O queues of an import. */
  readonly ioQueues: number;
}

export const defaultPaths: HostPaths = {
  sys: '/sys',
  proc: '/proc',
  dev: '/dev',
  nvmet: '/sys/kernel/config/nvmet',
  run: '/run/meshstor',
  machineMdadmConf: ['/etc/mdadm/mdadm.conf', '/etc/mdadm.conf'],
  ownMdadmConf: '/etc/mdadm/mdadm.conf',
  udevRules: '/run/udev/rules.d',
  mountRoots: ['/var/lib/kubelet'],
};

/**
 * What a lock covers. Taken in this order, from top to bottom, where a verb needs several. A volume has one for
 * each layer of its stack: to let go of a member, or to hold the device, must work while md hangs.
 */
export const lockKeys = {
  array: (volumeUID: string) => `the array of volume ${volumeUID}`,
  contents: (volumeUID: string) => `the file system of volume ${volumeUID}`,
  device: (volumeUID: string) => `the device of volume ${volumeUID}`,
  member: (volumeUID: string, slot: number) => `member ${slot} of volume ${volumeUID}`,
  import: (nqn: string) => `import ${nqn}`,
  partition: (uuid: string) => `partition ${uuid}`,
  drive: (id: string) => `drive ${id}`,
  configfs: 'the NVMe target',
  path: (path: string) => `path ${path}`,
} as const;
