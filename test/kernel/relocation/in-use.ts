import type { MeshStorMigration, MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { migrations, partitions, volumes } from '../../../src/api/resources';
import type { Extent } from '../../integration/suite/world';
import { LabWriter, type LabNode } from '../../lab';
import { smallest } from '../volume/data';
import type { LabWorld, SuiteUser } from '../volume/lab-world';
import { expectEqualMembers } from './proof';

interface Options {
  readonly copies?: number;
  readonly sectorSize?: 512 | 4096;
  /** Seconds until a missing member is replaced. */
  readonly memberMissingTimeout?: number;
  /** A raw device, which is written to past every cache and without flushes. */
  readonly raw?: boolean;
}

/** A volume whose pod writes without a pause; what was acknowledged is kept outside the lab. */
export class VolumeInUse {
  #pod!: string;
  #writer: LabWriter | undefined;

  private constructor(
    private readonly user: SuiteUser,
    private readonly claim: string,
    readonly name: string,
    private readonly raw: boolean,
  ) {}

  /** On the first node, and whole. */
  static async start(user: SuiteUser, options: Options = {}): Promise<VolumeInUse> {
    const { copies = 2, sectorSize = 512, memberMissingTimeout = 900, raw = false } = options;
    const parameters = {
      numberOfCopies: String(copies),
      sectorSize: String(sectorSize),
      memberMissingTimeout: String(memberMissingTimeout),
    };
    const claim = await user().claim({ size: smallest, storageClass: await user().class({ parameters }), block: raw });
    const pod = await user().runningPod(claim, { node: user.world().nodes[0]!, block: raw });
    const { metadata } = await user().synced(claim);
    const used = new VolumeInUse(user, claim, metadata.name, raw);
    await used.#write(pod);
    return used;
  }

  get world(): LabWorld {
    return this.user.world();
  }

  get writer(): LabWriter {
    return this.#writer!;
  }

  /** Where the pod of the beginning runs. */
  get home(): string {
    return this.world.nodes[0]!;
  }

  /** The node that has a copy, other than the consumer's of the beginning. */
  async provider(): Promise<LabNode> {
    return this.world.node((await this.copies()).find((node) => node !== this.home)!);
  }

  /** The node that has no copy. */
  async bare(): Promise<LabNode> {
    const copies = await this.copies();
    return this.world.node(this.world.nodes.find((node) => node !== this.home && !copies.includes(node))!);
  }

  /** The pod is drained: it ends, and another one runs on this node, and writes at once. */
  async moveTo(node: LabNode): Promise<void> {
    await this.writer.stop();
    await this.user().deletePod(this.#pod);
    await this.#write(await this.user().runningPod(this.claim, { node: node.name, block: this.raw }));
  }

  async now(): Promise<MeshStorVolume> {
    return (await this.world.kube.get(volumes, this.name))!;
  }

  async partitions(): Promise<MeshStorPartition[]> {
    const { items } = await this.world.kube.list(partitions);
    return items.filter(({ spec }) => spec.volumeName === this.name).sort((a, b) => a.spec.slot - b.spec.slot);
  }

  async partitionOn({ name }: { readonly name: string }): Promise<MeshStorPartition> {
    return (await this.partitions()).find(({ spec }) => spec.nodeName === name)!;
  }

  async copies(): Promise<string[]> {
    return (await this.partitions()).map(({ spec }) => spec.nodeName).sort();
  }

  /** Where the copy of a node is. */
  async extentOn(node: { readonly name: string }): Promise<Extent> {
    return (await this.world.locate(await this.partitionOn(node)))!;
  }

  async migrations(): Promise<MeshStorMigration[]> {
    const { items } = await this.world.kube.list(migrations);
    return items.filter(({ spec }) => spec.volumeName === this.name);
  }

  async outcomes(): Promise<string[]> {
    return (await this.migrations()).map(({ spec, status }) => `${spec.reason} ${status?.phase}`);
  }

  /** The one migration of the volume, once it is as `isIt` says. */
  async migration(what: string, isIt: (migration: MeshStorMigration) => unknown): Promise<MeshStorMigration> {
    return this.world.eventually(`a migration of ${this.name} to ${what}`, async () => {
      const [only] = await this.migrations();
      return only && isIt(only) ? only : undefined;
    });
  }

  /** Once that many members are on record as in sync. */
  async recorded(count: number): Promise<MeshStorVolume> {
    return this.world.eventually(`${count} members of ${this.name} to be recorded`, async () => {
      const volume = await this.now();
      return volume.status?.inSync?.length === count && volume;
    });
  }

  /** Whole again on exactly these nodes, and nothing left elsewhere. */
  async wholeOn(...nodes: string[]): Promise<void> {
    await this.world.eventually(`${this.name} to be whole on ${nodes.join(', ')}`, async () => {
      const { status } = await this.now();
      const whole = status?.phase === 'Synced' && status.mdState === 'active' && status.inSync?.length === nodes.length;
      return whole && (await this.copies()).join() === [...nodes].sort().join();
    });
  }

  /** Its array has its first shape, every member holds the same, and every acknowledged write is there. */
  async prove(): Promise<void> {
    await this.writer.stop();
    const volume = await this.now();
    const copies = await this.copies();
    await this.world.eventually('the array to have a role for each copy, and two at least', async () => {
      const [array] = await this.world.arraysOf(volume.metadata.uid!);
      const nodes = array?.nodes.filter((node) => node !== undefined).sort();
      return array?.raidDevices === Math.max(2, copies.length) && nodes?.join() === copies.join();
    });
    await expectEqualMembers(this.world, volume);
    const { node, target } = await this.#place();
    const { blocks, bad } = await this.writer.check(node, target);
    expect(blocks).toBeGreaterThan(0);
    expect(bad).toBe(0);
  }

  async #write(pod: string): Promise<void> {
    this.#pod = pod;
    const { node, target } = await this.#place();
    this.#writer = await LabWriter.start(node, target, { sync: !this.raw }, this.#writer);
  }

  async #place(): Promise<{ node: LabNode; target: string }> {
    const { node, path, isBlock } = await this.world.place(this.#pod);
    return { node, target: isBlock ? path : `${path}/data` };
  }
}
