import { randomUUID } from 'node:crypto';
import {
  arrayUUID,
  exportNQN,
  fileSystemUUID,
  hostIdentity,
  namespaceUUID,
  partitionLabel,
  partitionUUID,
} from '../../../src/api/identity';
import { memberDataOffsetBytes } from '../../../src/api/layout';
import { AddMode, ArrayLevel, Transport, type Array as MdArray, type Stack } from '../../../src/host/gen/host';
import type { ContractNode, ContractWorld, DeviceHandle } from './world';

export const MiB = 1024 ** 2;

/** Enough for every test that makes no file system. */
export const smallPartition = 64 * MiB;
/** mkfs.xfs refuses less than 300 MB. */
export const formattablePartition = 320 * MiB;

/** A block of 4,096 bytes that says `text`, and is different for each one. */
export const block = (text: string): Buffer => Buffer.alloc(4096, `${text} `);

/** A volume with an identity of its own, and the requests that make and unmake what it is built of. */
export class TestVolume {
  readonly uid = randomUUID();
  readonly name = `t-${this.uid.slice(0, 8)}`;
  readonly ref = { uid: this.uid, name: this.name };
  readonly array = arrayUUID(this.uid);
  readonly fileSystem = { type: 'xfs', uuid: fileSystemUUID(this.uid) };
  readonly label = partitionLabel(this.uid);
  epoch = 1;

  constructor(private readonly world: ContractWorld) {}

  partition(slot: number): string {
    return partitionUUID(this.uid, slot);
  }

  nqn(slot: number, epoch = this.epoch): string {
    return exportNQN(this.uid, this.partition(slot), epoch, 'a session of its drive');
  }

  namespace(slot: number, epoch = this.epoch): string {
    return namespaceUUID(this.partition(slot), epoch);
  }

  // -- Requests -----------------------------------------------------------------------------------------------------

  partitionRequest(node: ContractNode, slot: number, { sizeBytes = smallPartition, drive = 0 } = {}) {
    return { uuid: this.partition(slot), driveId: node.drives[drive]!.id, label: this.label, sizeBytes };
  }

  exportRequest(provider: ContractNode, slot: number, importers: readonly ContractNode[], epoch = this.epoch) {
    return {
      partitionUuid: this.partition(slot),
      nqn: this.nqn(slot, epoch),
      namespaceUuid: this.namespace(slot, epoch),
      hostNqns: importers.map(({ name }) => hostIdentity(name).hostNQN),
      endpoint: { transport: Transport.TCP, address: provider.address, port: 4420 },
    };
  }

  connectRequest(importer: ContractNode, provider: ContractNode, slot: number, epoch = this.epoch) {
    const { hostNQN: hostNqn, hostID: hostId } = hostIdentity(importer.name);
    return {
      volume: this.ref,
      nqn: this.nqn(slot, epoch),
      namespaceUuid: this.namespace(slot, epoch),
      endpoint: { transport: Transport.TCP, address: provider.address, port: 4420 },
      hostNqn,
      hostId,
    };
  }

  localMember(slot: number) {
    return { volume: this.ref, slot, source: { partitionUuid: this.partition(slot) }, epoch: this.epoch };
  }

  remoteMember(slot: number, epoch = this.epoch) {
    const source = {
      partitionUuid: this.partition(slot),
      nqn: this.nqn(slot, epoch),
      namespaceUuid: this.namespace(slot, epoch),
    };
    return { volume: this.ref, slot, source, epoch: this.epoch };
  }

  createRequest(slots: readonly number[] = [0, -1]) {
    return {
      volume: this.ref,
      arrayUuid: this.array,
      level: ArrayLevel.RAID1,
      raidDevices: slots.length,
      slots: [...slots],
    };
  }

  addRequest(slot: number, mode: AddMode = AddMode.FULL) {
    return { volume: this.ref, arrayUuid: this.array, slot, mode, writeMostly: slot > 0 };
  }

  get arrayRequest() {
    return { volume: this.ref, arrayUuid: this.array };
  }

  // -- Steps ----------------------------------------------------------------------------------------------------------

  async createPartition(node: ContractNode, slot: number, options: { sizeBytes?: number; drive?: number } = {}) {
    return node.agent.createPartition(this.partitionRequest(node, slot, options));
  }

  async export(provider: ContractNode, slot: number, importers: readonly ContractNode[], epoch = this.epoch) {
    return provider.agent.applyExport(this.exportRequest(provider, slot, importers, epoch));
  }

  async connect(importer: ContractNode, provider: ContractNode, slot: number, epoch = this.epoch) {
    return importer.agent.connect(this.connectRequest(importer, provider, slot, epoch));
  }

  /** Slot's partition on the provider, served to the owner and connected there. */
  async remoteSlot(owner: ContractNode, provider: ContractNode, slot: number, options: { sizeBytes?: number } = {}) {
    await this.createPartition(provider, slot, options);
    await this.export(provider, slot, [owner]);
    await this.connect(owner, provider, slot);
    return owner.agent.applyMember(this.remoteMember(slot));
  }

  /** Slot's partition on the node itself, under its map. */
  async localSlot(node: ContractNode, slot: number, options: { sizeBytes?: number } = {}) {
    await this.createPartition(node, slot, options);
    return node.agent.applyMember(this.localMember(slot));
  }

  /** Two copies in sync on one node, slots 0 and 1, and the volume's device. */
  async localMirror(node: ContractNode, options: { sizeBytes?: number } = {}): Promise<void> {
    await this.single(node, options);
    await this.localSlot(node, 1, options);
    await node.agent.addArrayMember(this.addRequest(1));
    await this.inSync(node);
  }

  /** One copy on the node: slot 0 in a two-role RAID1, and the volume's device. */
  async single(node: ContractNode, options: { sizeBytes?: number } = {}): Promise<void> {
    await this.createPartition(node, 0, options);
    await node.agent.applyMember(this.localMember(0));
    await node.agent.createArray(this.createRequest([0, -1]));
    await node.agent.applyVolumeDevice(this.arrayRequest);
  }

  /** Two copies in sync: slot 0 on the owner, slot 1 on the provider, and the volume's device. */
  async mirror(owner: ContractNode, provider: ContractNode): Promise<void> {
    await this.single(owner);
    await this.remoteSlot(owner, provider, 1);
    await owner.agent.addArrayMember(this.addRequest(1));
    await this.inSync(owner);
  }

  /** Waits until no member is missing and nothing is synchronised. */
  async inSync(owner: ContractNode): Promise<MdArray> {
    return this.world.eventually(async () => {
      const array = await this.runningArray(owner);
      expect(array.degraded).toBe(0);
      expect(array.syncAction).toBe('SYNC_ACTION_IDLE');
      return array;
    });
  }

  stack(node: ContractNode): Promise<Stack> {
    return node.agent.getStack({ volumeUid: this.uid });
  }

  async runningArray(node: ContractNode): Promise<MdArray> {
    const { array } = await this.stack(node);
    if (!array) throw new Error(`the array of ${this.name} does not run on ${node.name}`);
    return array;
  }

  async memberUUID(node: ContractNode, slot: number): Promise<string> {
    const { members } = await this.stack(node);
    return members.find((member) => member.slot === slot)!.superblock!.memberUuid;
  }

  async open(node: ContractNode): Promise<DeviceHandle> {
    const { device } = await this.stack(node);
    return node.openDevice(device!.path);
  }

  /** Takes the stack on the node down, from the top. */
  async takeDown(node: ContractNode): Promise<void> {
    const { members, imports, mountPaths } = await this.stack(node);
    for (const path of mountPaths) await node.agent.unmount({ path });
    await node.agent.removeVolumeDevice({ volume: this.ref });
    await node.agent.stopArray(this.arrayRequest);
    for (const { slot } of members) await node.agent.removeMember({ volume: this.ref, slot });
    for (const { nqn } of imports) await node.agent.disconnect({ nqn });
  }

  /** Where the volume's data begins in each of its partitions. */
  readonly dataOffset = memberDataOffsetBytes;
}

/** Fails unless the promise is still not settled when the time has passed. */
export async function stillWaiting(world: ContractWorld, promise: Promise<unknown>, ms = 5_000): Promise<void> {
  let settled = 'no';
  promise.then(
    () => (settled = 'resolved'),
    () => (settled = 'rejected'),
  );
  await world.pass(ms);
  expect(settled).toBe('no');
}

/** The promise is rejected with a HostError of this kind. */
export async function expectHostError(promise: Promise<unknown>, kind: string): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name: 'HostError', kind });
}
