import type { MeshStorMigration, MeshStorPartition, MeshStorVolume } from '../../src/api/model';
import { migrations, volumes } from '../../src/api/resources';
import { volumeAttachments } from '../../src/sim/kubernetes/kinds';
import { HostError } from '../../src/host/errors';
import { objectAt, stringAt } from '../../src/sim/apiserver/object/json';
import { User } from '../integration/suite/user';
import type { DriveSpec } from '../../src/host/sim/hardware/drive';
import { driveBytes } from '../support/cluster/simulated-world';
import type { VirtualOptions, VirtualWorld } from '../support/cluster/virtual-world';
import { Writer } from './writer';

/** What is done with a volume while something goes wrong. */
export interface Scenario {
  readonly name: string;
  readonly world: VirtualOptions;
  /** Of members on record there are never fewer, once there were as many. */
  readonly least: number;
  /** Which of two copies stays is a matter of time: where they are does not count in the end. */
  readonly anywhere?: true;
  /** Up to where faults begin; nothing goes wrong here. */
  prepare(stage: Stage): Promise<void>;
  /** What is done, up to where it is seen to be done. */
  act(stage: Stage): Promise<void>;
}

/** Machines with one drive each: what every drive reports all the time is most of what a world costs. */
export function machines(count: number, drive: Partial<DriveSpec> = {}): NonNullable<VirtualOptions['nodes']> {
  const drives = [{ sizeBytes: driveBytes, ...drive }];
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`node${index + 1}`, { drives }]));
}

/** One volume, its pod, and who uses it. */
export class Stage {
  readonly user: User;
  readonly writer: Writer;
  /** Nodes that the API server is out of reach of. */
  readonly isolated = new Set<string>();
  claim = '';
  pod = '';

  constructor(readonly world: VirtualWorld) {
    this.user = new User(world);
    this.writer = new Writer(world);
  }

  /** A volume of that many copies, whole, and its pod on the first node, which writes; `patience`: memberMissingTimeout. */
  async running({ copies = 2, node = 'node1', patience = 60 } = {}): Promise<void> {
    const parameters = { numberOfCopies: String(copies), memberMissingTimeout: String(patience) };
    const storageClass = await this.user.class({ parameters });
    this.claim = await this.user.claim({ storageClass });
    await this.start(node);
    await this.until('the volume to be there', () => this.world.records.volumes().length > 0);
    await this.whole();
  }

  async start(node: string): Promise<void> {
    this.pod = await this.user.runningPod(this.claim, { node });
    this.writer.use(this.pod);
  }

  async stop(): Promise<void> {
    await this.writer.stop();
    await this.user.deletePod(this.pod);
    this.pod = '';
  }

  /** Deletes the volume, and waits until no machine has anything of it. */
  async delete(): Promise<void> {
    await this.user.deleteClaim(this.claim);
    await this.world.eventually('every machine to be bare', async () => (await this.world.traces()).length === 0);
  }

  // -- What happens to machines -----------------------------------------------------------------------------------

  /** Nothing reaches the node any more, nor comes from it, but for the API server. */
  cut(node: string): void {
    for (const other of this.world.nodes) if (other !== node) this.world.cluster.world.cutLink(node, other);
  }

  heal(node: string): void {
    for (const other of this.world.nodes) if (other !== node) this.world.cluster.world.healLink(node, other);
  }

  /** Nothing of the node's reaches anybody but this one provider; its kubelet hears nothing either. */
  isolate(node: string, { but }: { but: string }): void {
    for (const other of this.world.nodes) {
      if (other !== node && other !== but) this.world.cluster.world.cutLink(node, other);
    }
    this.isolated.add(node);
    this.world.hooks.watches.reset(({ client }) => client === node);
    this.world.oracles.interceptors.add(async (call, proceed) => {
      // It is the kubelet that asks for this.
      if (call.verb === 'unmount' && this.isolated.has(call.node)) throw new HostError('Unreachable', 'nobody asked');
      return proceed();
    });
  }

  rejoin(node: string): void {
    this.isolated.delete(node);
    this.heal(node);
  }

  powerCut(node: string): void {
    this.world.cluster.node(node).process.kill();
    this.world.machine(node).powerCut();
  }

  /** Kubernetes is told that nothing runs on the node any more (taint `out-of-service`). */
  async detach(node: string): Promise<void> {
    const { kube } = this.world;
    const { items } = await this.world.done(kube.list(volumeAttachments));
    const held = items.filter(({ spec }) => spec.nodeName === node);
    for (const { metadata } of held) await this.world.done(kube.delete(volumeAttachments, metadata.name));
  }

  /** Kubernetes has heard that the volume is not used on the node any more, and may have had to ask again and again. */
  async detached(node: string): Promise<void> {
    const attachments = this.world.server.store.table('volumeattachments.storage.k8s.io');
    const nodes = () =>
      [...attachments.range('')].map(([, { object }]) => stringAt(objectAt(object, 'spec'), 'nodeName'));
    await this.until(`the volume to be detached from ${node}`, () => !nodes().includes(node));
  }

  async boot(node: string): Promise<void> {
    this.world.machine(node).boot();
    await this.world.done(this.world.cluster.node(node).process.start());
  }

  // -- What is to be seen -----------------------------------------------------------------------------------------

  /** As it is on record; looks without asking. */
  get volume(): MeshStorVolume {
    const [volume] = this.world.records.volumes();
    if (!volume) throw new Error('there is no volume');
    return volume;
  }

  get partitions(): MeshStorPartition[] {
    return this.world.records.partitions().sort((a, b) => a.spec.slot - b.spec.slot);
  }

  /** Nodes whose copies hold every write, by what is on record. */
  get inSync(): string[] {
    const recorded = new Set(this.volume.status?.inSync?.map(({ partitionUUID }) => partitionUUID));
    const found = this.partitions.filter(({ spec }) => recorded.has(spec.partitionUUID));
    return found.map(({ spec }) => spec.nodeName);
  }

  /** Nodes with a copy. */
  get copies(): string[] {
    return this.partitions.map(({ spec }) => spec.nodeName).sort();
  }

  /** A node that has no copy. */
  get bare(): string {
    const { copies } = this;
    return this.world.nodes.find((node) => !copies.includes(node))!;
  }

  /** A node other than the first that has a copy. */
  get provider(): string {
    return this.copies.find((node) => node !== 'node1')!;
  }

  async edit(spec: object): Promise<void> {
    const { metadata } = this.volume;
    await this.world.done(this.world.kube.patch(volumes, metadata.name, { spec }, { fieldManager: 'somebody' }));
  }

  /** The volume whole, on these nodes or wherever its copies are, and nothing on its way. */
  async whole(...nodes: string[]): Promise<void> {
    const copies = this.volume.spec.numberOfCopies;
    await this.until(`the volume to be whole on ${nodes.join(', ') || 'its nodes'}`, () => {
      const { status } = this.volume;
      const isWhole = status?.phase === 'Synced' && status.mdState === 'active' && status.inSync?.length === copies;
      return isWhole && (nodes.length === 0 || this.copies.join() === [...nodes].sort().join());
    });
  }

  until(what: string, isIt: () => boolean): Promise<boolean> {
    return this.world.eventually(what, async () => isIt(), 1_200_000);
  }

  migrationsDone(): Promise<boolean> {
    return this.until('every migration to end', () => this.world.records.migrations().every(isOver));
  }

  /** The copy of this goes to that node, and is under way: the move. */
  async moving(from: string, to: string): Promise<MeshStorMigration> {
    const staying = this.copies.filter((node) => node !== from);
    await this.edit({ placement: [...staying, to].map((nodeName) => ({ nodeName })) });
    const begun = () => this.world.records.migrations().find(({ status }) => (status?.bytesDone ?? 0) > 0);
    await this.until('the copy to be under way', () => begun() !== undefined);
    return begun()!;
  }

  async editMove({ metadata }: MeshStorMigration, spec: object): Promise<void> {
    await this.world.done(this.world.kube.patch(migrations, metadata.name, { spec }, { fieldManager: 'somebody' }));
  }
}

const isOver = ({ status }: MeshStorMigration): boolean =>
  ['Completed', 'Failed', 'Cancelled'].includes(status?.phase ?? '');
