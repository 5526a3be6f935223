import type { KubeObject, Resource } from '../../../src/api/meta';
import type { MeshStorPartition } from '../../../src/api/model';
import type { KubeClient } from '../../../src/runtime/kube/client';
import type { ControllerCalls, NodeCalls } from '../../../src/sim/kubernetes/csi-calls';

/** A stretch of one drive. */
export interface Extent {
  readonly node: string;
  readonly drive: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** What a pod sees of its volume. `at` names a place: a file, or an offset of a block device. */
export interface PodVolume {
  /** Resolves when the bytes are durable, as after fsync. */
  write(at: number, text: string): Promise<void>;
  /** '' where nothing was written. */
  read(at: number): Promise<string>;
}

/** The md array of a volume, as the node that runs it shows it. */
export interface RunningArray {
  readonly node: string;
  readonly level: string;
  /** Slots of the array, empty ones included. */
  readonly raidDevices: number;
  /** Of RAID10. */
  readonly chunkBytes: number | undefined;
  /** By role: the node that has the member's partition; undefined for an empty slot. */
  readonly nodes: readonly (string | undefined)[];
  readonly sizeBytes: number;
}

/**
 * A cluster with MeshStor on it, as the shared suite uses it: the API server, pods with their volumes, and what
 * can be seen on the machines. Simulated machines implement it, and machines with a real kernel can.
 */
export interface World {
  readonly kube: KubeClient;
  /**
   * At least three, the first of them in zone a and the others in zone b. Each has three drives of 16 GiB, two
   * with sectors of 512 bytes and one with sectors of 4096.
   */
  readonly nodes: readonly string[];
  /** The CSI services, as their sidecars and kubelets reach them. */
  readonly csi: { readonly controller: ControllerCalls; node(name: string): NodeCalls };
  /**
   * Resolves to what `look` gives as soon as that is neither undefined nor false. `look` is called again
   * whenever something may have changed; what it throws ends the waiting. It must not wait for the world's time
   * itself, by this or by `done`.
   */
  eventually<T>(what: string, look: () => Promise<T | undefined | false>, limitMs?: number): Promise<T>;
  /** The result of something that may take the world's time. */
  done<T>(work: Promise<T>): Promise<T>;
  /** The volume of a running pod. */
  volume(pod: string): PodVolume;
  /** Where a partition is; undefined when its node has no such partition. */
  locate(partition: MeshStorPartition): Promise<Extent | undefined>;
  /** Whether the text is somewhere in the stretch. */
  holds(extent: Extent, text: string): Promise<boolean>;
  /** Whether the stretch reads as zeroes. */
  isBlank(extent: Extent): Promise<boolean>;
  /** Every node that runs the array of the volume with this UID. */
  arraysOf(volumeUID: string): Promise<RunningArray[]>;
  /** What is exported of the volume with this UID, as `<node> <NQN>`. */
  exportsOf(volumeUID: string): Promise<string[]>;
  /** Everything of MeshStor's that is on the machines: partitions, exports, imports, maps, arrays, mounts. */
  traces(): Promise<string[]>;
  /** What `kubectl get -o wide` shows of one object, by column. */
  columns(resource: Resource<KubeObject>, name: string): Promise<Record<string, string>>;
  /** Throws when anything was seen, at any time, that must never be. */
  check(): Promise<void>;
  stop(): Promise<void>;
}
