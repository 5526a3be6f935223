import {
  arrayUUID,
  exportNQN,
  fileSystemUUID,
  hostIdentity,
  namespaceUUID,
  partitionLabel,
  partitionUUID,
} from '../../../src/api/identity';
import type { HostAgent } from '../../../src/host/contract';
import { AddMode, ArrayLevel, Transport, type Array as MdArray } from '../../../src/host/gen/host';
import { SimWorld, type NodeSpec, type SimNode, type Timings } from '../../../src/host/sim';
import { seeded } from '../../contract/host/seeded';
import { FakeClock } from '../../support/fake-clock';

export const MiB = 1024 ** 2;

/** Three machines and a volume whose copies lie on a and b, used on a. */
export class Setting {
  readonly clock = new FakeClock();
  readonly world: SimWorld;
  readonly a: SimNode;
  readonly b: SimNode;
  readonly c: SimNode;
  readonly volume = { uid: '0f9d3c52-55c5-4f1c-8d5c-6f1f0f2a7c11', name: 'vol-1' };
  readonly array = arrayUUID(this.volume.uid);
  epoch = 1;

  constructor({
    spec = {},
    timings = {},
    seed = 1,
  }: { spec?: NodeSpec; timings?: Partial<Timings>; seed?: number } = {}) {
    this.world = new SimWorld({ clock: this.clock, random: seeded(seed), timings });
    this.a = this.world.addNode('a', spec);
    this.b = this.world.addNode('b', spec);
    this.c = this.world.addNode('c', spec);
  }

  /** Lets time pass until the promise settles. */
  async done<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => (settled = true);
    promise.then(mark, mark);
    await this.clock.advanceUntil(() => settled);
    return promise;
  }

  partition(slot: number): string {
    return partitionUUID(this.volume.uid, slot);
  }

  nqn(slot: number, epoch = this.epoch): string {
    return exportNQN(this.volume.uid, this.partition(slot), epoch);
  }

  async createPartition(node: SimNode, slot: number, sizeBytes = 100 * MiB): Promise<void> {
    const driveId = node.drives[0]!.id;
    const label = partitionLabel(this.volume.uid);
    await node.agent.createPartition({ uuid: this.partition(slot), driveId, label, sizeBytes });
  }

  async export(provider: SimNode, slot: number, importer: SimNode, epoch = this.epoch): Promise<void> {
    await provider.agent.applyExport({
      partitionUuid: this.partition(slot),
      nqn: this.nqn(slot, epoch),
      namespaceUuid: namespaceUUID(this.partition(slot), epoch),
      hostNqns: [hostIdentity(importer.name).hostNQN],
      endpoint: { transport: Transport.TCP, address: provider.addresses[0]!, port: 4420 },
    });
  }

  connect(importer: SimNode, provider: SimNode, slot: number, epoch = this.epoch): ReturnType<HostAgent['connect']> {
    const { hostNQN: hostNqn, hostID: hostId } = hostIdentity(importer.name);
    return importer.agent.connect({
      volume: this.volume,
      nqn: this.nqn(slot, epoch),
      namespaceUuid: namespaceUUID(this.partition(slot), epoch),
      endpoint: { transport: Transport.TCP, address: provider.addresses[0]!, port: 4420 },
      hostNqn,
      hostId,
    });
  }

  applyMember(node: SimNode, slot: number, remote?: { epoch: number }): ReturnType<HostAgent['applyMember']> {
    const partitionUuid = this.partition(slot);
    const source = remote
      ? { partitionUuid, nqn: this.nqn(slot, remote.epoch), namespaceUuid: namespaceUUID(partitionUuid, remote.epoch) }
      : { partitionUuid };
    return node.agent.applyMember({ volume: this.volume, slot, source, epoch: this.epoch });
  }

  /** Slot 0 on a, slot 1 on b and imported on a; an array of both, and the volume's device. */
  async mirror({ sync = true, sizeBytes = 100 * MiB } = {}): Promise<MdArray> {
    await this.createPartition(this.a, 0, sizeBytes);
    await this.createPartition(this.b, 1, sizeBytes);
    await this.export(this.b, 1, this.a);
    await this.connect(this.a, this.b, 1);
    await this.applyMember(this.a, 0);
    await this.applyMember(this.a, 1, { epoch: this.epoch });
    await this.a.agent.createArray({
      volume: this.volume,
      arrayUuid: this.array,
      level: ArrayLevel.RAID1,
      raidDevices: 2,
      slots: [0, -1],
    });
    await this.a.agent.applyVolumeDevice({ volume: this.volume, arrayUuid: this.array });
    await this.add(1);
    if (sync) await this.clock.advanceUntil(() => this.md.degraded === 0);
    return this.stack();
  }

  async add(slot: number, mode: AddMode = AddMode.FULL): Promise<MdArray> {
    return this.done(
      this.a.agent.addArrayMember({ volume: this.volume, arrayUuid: this.array, slot, mode, writeMostly: slot > 0 }),
    );
  }

  async stack(node = this.a): Promise<MdArray> {
    return (await node.agent.getStack({ volumeUid: this.volume.uid })).array!;
  }

  get md() {
    return this.a.kernel.md.find(this.array)!;
  }

  open(node = this.a) {
    return node.open('/dev/mapper/meshstor-vol-1');
  }

  get fileSystem() {
    return { type: 'xfs', uuid: fileSystemUUID(this.volume.uid) };
  }
}
