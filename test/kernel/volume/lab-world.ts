import { arrayUUID, parseExportNQN } from '../../../src/api/identity';
import type { KubeObject, Resource } from '../../../src/api/meta';
import type { MeshStorPartition } from '../../../src/api/model';
import { nodeDevices } from '../../../src/api/resources';
import type { Json } from '../../../src/sim/apiserver/object/json';
import type { DriveSpec, LabNode } from '../../lab';
import type { User } from '../../integration/suite/user';
import type { Extent, PodVolume, RunningArray, World } from '../../integration/suite/world';
import { LabCluster } from './lab-cluster';
import { Media } from './media';
import { placeOf, podVolume, type Place } from './pod-volume';
import { lookAt, type SeenArray, type Sight } from './sight';

const sizeMiB = 16 * 1024;
/** As the shared suite wants them. They are sparse files. */
const suiteDrives = [{ sizeMiB }, { sizeMiB }, { sizeMiB, sectorSize: 4096 }] as const;
/** Between two looks: much is seen on machines that tell nobody. */
const lookMs = 50;
/** Only against waiting for ever. */
const patienceMs = 600_000;

/** What `useWorld` gives the tests of a block. */
export interface SuiteUser {
  (): User;
  readonly world: () => LabWorld;
}

/** The world of the shared suite on real kernels. */
export class LabWorld implements World {
  readonly media: Media;

  private constructor(readonly cluster: LabCluster) {
    this.media = new Media(cluster.lab);
  }

  /** Resolves when everything runs and every drive is reported. All nodes have such drives. */
  static async start(drives: readonly DriveSpec[] = suiteDrives): Promise<LabWorld> {
    const world = new LabWorld(await LabCluster.start({ nodes: 3, drives }));
    await world.eventually('every drive to be reported', async () => {
      const { items } = await world.kube.list(nodeDevices);
      const usable = items.filter(({ status }) => (status?.freeBytes ?? 0) > 0);
      return usable.length === world.nodes.length * drives.length;
    });
    return world;
  }

  get kube() {
    return this.cluster.kube;
  }

  get csi() {
    return this.cluster.csi;
  }

  get nodes(): readonly string[] {
    return this.cluster.lab.nodes.map(({ name }) => name);
  }

  node(name: string): LabNode {
    return this.cluster.lab.node(name);
  }

  async eventually<T>(what: string, look: () => Promise<T | undefined | false>, limitMs = patienceMs): Promise<T> {
    for (const until = Date.now() + limitMs; ; await pause(lookMs)) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      // A node that panicked would be waited for in vain.
      await this.check();
      if (Date.now() > until) throw new Error(`not in time: ${what}`);
    }
  }

  done<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  volume(pod: string): PodVolume {
    return podVolume(() => this.place(pod));
  }

  /** Where a running pod has its volume. */
  place(pod: string): Promise<Place> {
    return placeOf(this.cluster.lab, this.kube, pod);
  }

  locate({ spec }: MeshStorPartition): Promise<Extent | undefined> {
    return this.media.find(this.node(spec.nodeName), spec.partitionUUID);
  }

  holds(extent: Extent, text: string): Promise<boolean> {
    return this.media.holds(extent, text);
  }

  isBlank(extent: Extent): Promise<boolean> {
    return this.media.isBlank(extent);
  }

  async arraysOf(volumeUID: string): Promise<RunningArray[]> {
    const [homes, seen] = await Promise.all([this.media.homes(), this.#lookEverywhere()]);
    return seen.flatMap(({ node, sight }) => {
      const array = sight.arrays.find(({ uuid }) => hex(uuid) === hex(arrayUUID(volumeUID)));
      return array ? [describe(node, array, sight, homes)] : [];
    });
  }

  async exportsOf(volumeUID: string): Promise<string[]> {
    const seen = await this.#lookEverywhere();
    return seen.flatMap(({ node, sight }) =>
      sight.exports.filter((nqn) => parseExportNQN(nqn)?.volumeUID === volumeUID).map((nqn) => `${node.name} ${nqn}`),
    );
  }

  async traces(): Promise<string[]> {
    const onMedia = await Promise.all(
      this.cluster.lab.nodes.map(async (node) =>
        (await this.media.partitionsOn(node)).map(({ uuid }) => `${node.name}: partition ${uuid}`),
      ),
    );
    const seen = await this.#lookEverywhere();
    return [...onMedia.flat(), ...seen.flatMap(({ node, sight }) => tracesOf(node, sight))];
  }

  async columns(resource: Resource<KubeObject>, name: string): Promise<Record<string, string>> {
    const { core, store } = this.cluster.server;
    const { type, version } = core.registry.served(resource.group, resource.version, resource.plural)!;
    const { object } = store.table(type.table).get(name)!;
    const view = { now: Date.now() };
    return Object.fromEntries(version.columns.map((column) => [column.name, text(column.cell(object, view))]));
  }

  /** Throws when a kernel complained. */
  async check(): Promise<void> {
    for (const node of this.cluster.lab.nodes) {
      const complaint = /^.*\b(?:BUG|WARNING|Oops|Kernel panic|hung_task|blocked for more than)\b.*$/m.exec(
        await node.console(),
      );
      if (complaint) throw new Error(`the kernel of ${node.name} says: ${complaint[0]}`);
    }
  }

  stop(): Promise<void> {
    return this.cluster.close();
  }

  /** Every node that is up. */
  async #lookEverywhere(): Promise<{ readonly node: LabNode; readonly sight: Sight }[]> {
    const all = await Promise.all(
      this.cluster.lab.nodes.map(async (node) => ((await node.isUp()) ? [{ node, sight: await lookAt(node) }] : [])),
    );
    return all.flat();
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const hex = (uuid: string): string => uuid.replace(/[^0-9a-f]/g, '');
const text = (cell: Json): string => (typeof cell === 'string' ? cell : JSON.stringify(cell ?? ''));

function describe(
  { name }: LabNode,
  array: SeenArray,
  { maps }: Sight,
  homes: ReadonlyMap<string, string>,
): RunningArray {
  const { level, raidDevices, sizeBytes, members } = array;
  const homeOf = (role: number) => {
    const map = maps.find(({ kernelName }) => kernelName === members.get(role));
    return homes.get(map?.member?.partitionUUID ?? '');
  };
  const chunkBytes = level === 'raid10' ? array.chunkBytes : undefined;
  const nodes = Array.from({ length: raidDevices }, (_, role) => homeOf(role));
  return { node: name, level, raidDevices, chunkBytes, nodes, sizeBytes };
}

const tracesOf = ({ name }: LabNode, { exports, imports, maps, arrays, mounts }: Sight): string[] => [
  ...exports.map((nqn) => `${name}: export ${nqn}`),
  ...imports.map((nqn) => `${name}: import ${nqn}`),
  ...maps.map((map) => `${name}: map ${map.name}`),
  ...arrays.map(({ uuid }) => `${name}: array ${uuid}`),
  ...mounts.map((path) => `${name}: mount ${path}`),
];
