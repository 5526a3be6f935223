import type { KubeObject, Resource } from '../../../src/api/meta';
import type { MeshStorPartition } from '../../../src/api/model';
import { SimMount, type SimNode, type SimVolumeHandle } from '../../../src/host/sim';
import type { KubeClient } from '../../../src/runtime/kube/client';
import type { SimCluster } from '../../../src/sim/cluster/cluster';
import type { Extent, PodVolume, RunningArray, World } from '../../integration/suite/world';
import { arrayOn, contentOf, describeArray, exportsOn, partitionsOn, tracesOn } from './machines';

/** GiB of each drive, as the shared suite expects them. */
export const driveBytes = 16 * 1024 ** 3;

/** The world of the shared suite on a simulated cluster; how time passes is left to others. */
export abstract class SimulatedWorld implements World {
  constructor(readonly cluster: SimCluster) {}

  abstract eventually<T>(what: string, look: () => Promise<T | undefined | false>, limitMs?: number): Promise<T>;
  abstract done<T>(work: Promise<T>): Promise<T>;
  abstract columns(resource: Resource<KubeObject>, name: string): Promise<Record<string, string>>;
  abstract check(): Promise<void>;

  get kube(): KubeClient {
    return this.cluster.kube;
  }

  get nodes(): readonly string[] {
    return [...this.cluster.nodes.keys()];
  }

  get csi() {
    const { controller } = this.cluster;
    return { controller: controller.csi, node: (name: string) => this.cluster.node(name).process.csi };
  }

  machine(node: string): SimNode {
    return this.cluster.node(node).machine;
  }

  get machines(): SimNode[] {
    return this.nodes.map((node) => this.machine(node));
  }

  /** One process of the pod for each access, as a shell command in it would be. */
  volume(pod: string): PodVolume {
    return {
      write: (at, text) => this.done(this.#inside(pod, (opened) => write(opened, at, text))),
      read: (at) => this.done(this.#inside(pod, (opened) => read(opened, at))),
    };
  }

  async #inside<T>(pod: string, work: (opened: SimMount | SimVolumeHandle) => Promise<T>): Promise<T> {
    const opened = this.cluster.use(pod);
    try {
      return await work(opened);
    } finally {
      opened.close();
    }
  }

  async locate({ spec }: MeshStorPartition): Promise<Extent | undefined> {
    return partitionsOn(this.machine(spec.nodeName)).find(({ uuid }) => uuid === spec.partitionUUID)?.extent;
  }

  async holds(extent: Extent, text: string): Promise<boolean> {
    const cells = contentOf(this.machine(extent.node), extent);
    return [...cells.values()].some((cell) => typeof cell === 'string' && cell.includes(text));
  }

  async isBlank(extent: Extent): Promise<boolean> {
    return contentOf(this.machine(extent.node), extent).size === 0;
  }

  async arraysOf(volumeUID: string): Promise<RunningArray[]> {
    return this.machines.flatMap((machine) => {
      const array = arrayOn(machine, volumeUID);
      return array ? [describeArray(this.machines, machine, array)] : [];
    });
  }

  async exportsOf(volumeUID: string): Promise<string[]> {
    return this.machines.flatMap((machine) => exportsOn(machine, volumeUID));
  }

  async traces(): Promise<string[]> {
    return this.machines.flatMap(tracesOn);
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }
}

/** Block devices are written in cells of 4 KiB. */
export async function write(opened: SimMount | SimVolumeHandle, at: number, text: string): Promise<void> {
  if (opened instanceof SimMount) await opened.writeFile(fileName(at), text);
  else await opened.write(at, text);
}

export async function read(opened: SimMount | SimVolumeHandle, at: number): Promise<string> {
  if (!(opened instanceof SimMount)) return (await opened.read(at)) as string;
  if (!opened.list().includes(fileName(at))) return '';
  return (await opened.readFile(fileName(at))).toString();
}

const fileName = (at: number): string => `file-${at}`;
