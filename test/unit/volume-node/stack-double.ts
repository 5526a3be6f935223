import { parseExportNQN } from '../../../src/api/identity';
import type { HostAgent } from '../../../src/host/contract';
import { HostError } from '../../../src/host/errors';
import {
  ArrayLevel,
  ArrayMemberState,
  ImportState,
  SyncAction,
  type Array as MdArray,
  type ArrayMember,
  type Import,
  type Member,
  type MemberSource,
  type Stack,
  type Superblock,
  type VolumeDevice,
} from '../../../src/host/gen/host';
import { GiB } from '../../support/objects';

/**
 * The stack of one volume on one node, as the host contract describes it: links that come and go, maps that hold
 * I/O, md that drops what fails, and writes, of which each member remembers the last it took.
 */
export class StackDouble {
  readonly calls: string[] = [];
  /** Called before a verb takes effect; what it throws, the caller gets. */
  before: (verb: string) => void | Promise<void> = () => undefined;
  /** Partitions whose provider or drive does not answer. */
  readonly cut = new Set<string>();
  readonly superblocks = new Map<string, Superblock>();
  /** The last write each partition took. */
  readonly content = new Map<string, number>();
  acknowledged = 0;
  formats = 0;
  readonly imports = new Map<string, Import>();
  readonly members = new Map<number, Member>();
  array: MdArray | undefined;
  device: VolumeDevice | undefined;
  mountPaths: string[] = [];
  private memberCount = 0;

  get agent(): HostAgent {
    return this as unknown as HostAgent;
  }

  /** Verbs that change something. */
  get effects(): string[] {
    return this.calls.filter((call) => call !== 'getStack');
  }

  // -- The world -------------------------------------------------------------------------------------------

  /** The provider of a partition, or its drive, stops answering. */
  lose(partitionUuid: string): void {
    this.cut.add(partitionUuid);
    for (const [nqn, present] of this.imports) {
      if (parseExportNQN(nqn)?.partitionUUID === partitionUuid) present.state = ImportState.CONNECTING;
    }
    for (const member of this.members.values()) {
      if (member.partitionUuid === partitionUuid) member.path = undefined;
    }
  }

  /** It answers again; the kernel reconnects what is imported. */
  bringBack(partitionUuid: string): void {
    this.cut.delete(partitionUuid);
    for (const [nqn, present] of this.imports) {
      if (parseExportNQN(nqn)?.partitionUUID === partitionUuid) present.state = ImportState.LIVE;
    }
  }

  /** A consumer writes. True when the write was acknowledged, false when it waits or there is nothing to write to. */
  write(): boolean {
    if (!this.array || !this.device || this.device.suspended) return false;
    const taking = this.array.members.filter(({ state }) => writable.includes(state));
    const pathless = taking.filter(({ slot }) => this.members.get(slot)?.path === undefined);
    if (pathless.some(({ slot }) => this.members.get(slot)?.queueing)) return false;
    for (const member of pathless) this.drop(member);
    const inSync = taking.filter(({ state }) => state === ArrayMemberState.IN_SYNC);
    if (inSync.length === 0) return false;
    this.acknowledged += 1;
    for (const { slot } of inSync) this.content.set(this.members.get(slot)!.partitionUuid, this.acknowledged);
    return true;
  }

  /** md brings every member that it can reach up to date. */
  synchronise(): void {
    if (!this.array?.members.some(({ state }) => state === ArrayMemberState.IN_SYNC)) return;
    for (const member of this.array.members) {
      const map = this.members.get(member.slot);
      if (!map?.path || !incomplete.includes(member.state)) continue;
      member.state = ArrayMemberState.IN_SYNC;
      this.content.set(map.partitionUuid, this.acknowledged);
    }
    this.array.syncAction = SyncAction.IDLE;
  }

  private drop(member: ArrayMember): void {
    Object.assign(member, { state: ArrayMemberState.FAULTY, role: -1 });
  }

  // -- Verbs -----------------------------------------------------------------------------------------------

  async getStack(): Promise<Stack> {
    await this.enter('getStack');
    const { imports, members, array, device, mountPaths } = this;
    return structuredClone({
      imports: [...imports.values()],
      members: [...members.values()],
      array,
      device,
      mountPaths,
    });
  }

  async connect({ nqn, namespaceUuid }: { nqn: string; namespaceUuid: string }): Promise<Import> {
    await this.enter('connect');
    if (this.cut.has(parseExportNQN(nqn)!.partitionUUID)) throw new HostError('Unreachable', 'nothing answers');
    const made = { nqn, namespaceUuid, state: ImportState.LIVE };
    this.imports.set(nqn, made);
    return made;
  }

  async disconnect({ nqn }: { nqn: string }) {
    await this.enter('disconnect');
    this.imports.delete(nqn);
    for (const member of this.members.values()) if (member.path?.nqn === nqn) member.path = undefined;
    return {};
  }

  async applyMember({ slot, source, epoch }: { slot: number; source: MemberSource; epoch: number }): Promise<Member> {
    await this.enter(`applyMember ${slot}`);
    if (source.nqn !== undefined && this.imports.get(source.nqn)?.state !== ImportState.LIVE) {
      throw new HostError('Unreachable', 'the import is not live');
    }
    if (this.cut.has(source.partitionUuid)) throw new HostError('NotFound', 'the drive does not answer');
    if ((this.members.get(slot)?.epoch ?? epoch) !== epoch) throw new HostError('Invalid', 'a map of another epoch');
    const member: Member = {
      slot,
      partitionUuid: source.partitionUuid,
      path: source,
      queueing: true,
      superblock: this.superblocks.get(source.partitionUuid),
      sizeBytes: GiB,
      epoch,
    };
    this.members.set(slot, member);
    return member;
  }

  async setMemberPolicy({ slot, queueing }: { slot: number; queueing: boolean }): Promise<Member> {
    await this.enter(`${queueing ? 'queue' : 'fail'} ${slot}`);
    const member = this.members.get(slot);
    if (!member) throw new HostError('NotFound', 'no such map');
    return Object.assign(member, { queueing });
  }

  async removeMember({ slot }: { slot: number }) {
    await this.enter(`removeMember ${slot}`);
    if (this.array?.members.some((member) => member.slot === slot)) throw new HostError('Busy', 'in the array');
    this.members.delete(slot);
    return {};
  }

  async createArray(request: { arrayUuid: string; level: ArrayLevel; raidDevices: number; slots: number[] }) {
    await this.enter(`createArray ${request.slots.join()}`);
    const made = request.slots.flatMap((slot, role) => (slot < 0 ? [] : [{ slot, role }]));
    const others = made.filter(({ slot }) => this.isOfAnother(slot, request.arrayUuid));
    if (others.length > 0) throw new HostError('Foreign', 'has a superblock of another array');
    for (const { slot } of made) this.stamp(slot, request.arrayUuid);
    const members = made.map(({ slot, role }) => this.inSync(slot, role));
    return this.run(request.arrayUuid, request.level, request.raidDevices, members);
  }

  async assembleArray(request: { arrayUuid: string; members: { slot: number; memberUuid: string }[] }) {
    await this.enter(`assembleArray ${request.members.map(({ slot }) => slot).join()}`);
    for (const { slot, memberUuid } of request.members) {
      const found = this.members.get(slot)?.superblock;
      if (found?.arrayUuid !== request.arrayUuid || found.memberUuid !== memberUuid) {
        throw new HostError('Invalid', `slot ${slot} is not the member that is expected`);
      }
    }
    const members = request.members.map(({ slot }) => this.inSync(slot, slot));
    return this.run(request.arrayUuid, ArrayLevel.RAID1, 2, members);
  }

  async addArrayMember({ arrayUuid, slot }: { arrayUuid: string; slot: number }) {
    await this.enter(`addArrayMember ${slot}`);
    const array = this.running();
    const there = array.members.find((member) => member.slot === slot);
    if (there?.state === ArrayMemberState.FAULTY) throw new HostError('Busy', 'remove it first');
    if (there) return array;
    this.stamp(slot, arrayUuid);
    let role = 0;
    while (array.members.some((member) => member.role === role)) role++;
    array.members.push({ ...this.inSync(slot, role), state: ArrayMemberState.RECOVERING });
    array.syncAction = SyncAction.RECOVER;
    return array;
  }

  async removeArrayMember({ slot }: { slot: number }) {
    await this.enter(`removeArrayMember ${slot}`);
    const array = this.running();
    const there = array.members.find((member) => member.slot === slot);
    if (there?.state === ArrayMemberState.IN_SYNC) throw new HostError('Invalid', 'md counts it as in sync');
    if (there?.state === ArrayMemberState.RECOVERING) throw new HostError('Busy', 'it is being synchronised');
    array.members = array.members.filter((member) => member.slot !== slot);
    return array;
  }

  async dropArrayMember({ slot }: { slot: number }) {
    await this.enter(`dropArrayMember ${slot}`);
    const array = this.running();
    const others = array.members.filter((member) => member.slot !== slot);
    if (!others.some(({ state }) => state === ArrayMemberState.IN_SYNC)) throw new HostError('Invalid', 'the last one');
    array.members = others;
    return array;
  }

  async replaceArrayMember({ slot, withSlot }: { slot: number; withSlot: number }) {
    await this.enter(`replaceArrayMember ${slot} ${withSlot}`);
    const array = this.running();
    const [old, fresh] = [slot, withSlot].map((wanted) => array.members.find((member) => member.slot === wanted));
    if (fresh?.state !== ArrayMemberState.SPARE) throw new HostError('Invalid', 'no spare');
    old!.beingReplaced = true;
    Object.assign(fresh, { state: ArrayMemberState.RECOVERING, replacement: true, role: old!.role });
    array.syncAction = SyncAction.RECOVER;
    return array;
  }

  async setArrayDevices({ raidDevices }: { raidDevices: number }) {
    await this.enter(`setArrayDevices ${raidDevices}`);
    return Object.assign(this.running(), { raidDevices });
  }

  async stopArray() {
    await this.enter('stopArray');
    if (this.device) throw new HostError('Busy', 'the device is there');
    this.array = undefined;
    return {};
  }

  async applyVolumeDevice(): Promise<VolumeDevice> {
    await this.enter('applyVolumeDevice');
    const { sizeBytes } = this.running();
    this.device = { path: '/dev/mapper/meshstor-pvc-1', suspended: false, openCount: 0, ...this.device, sizeBytes };
    return this.device;
  }

  async suspendVolumeDevice() {
    await this.enter('suspendVolumeDevice');
    return Object.assign(this.device!, { suspended: true });
  }

  async resumeVolumeDevice() {
    await this.enter('resumeVolumeDevice');
    return Object.assign(this.device!, { suspended: false });
  }

  async removeVolumeDevice() {
    await this.enter('removeVolumeDevice');
    if (this.device?.openCount) throw new HostError('Busy', 'it is open');
    this.device = undefined;
    return {};
  }

  async setSyncLimits({ minKibPerSecond }: { minKibPerSecond: number }) {
    await this.enter('setSyncLimits');
    this.running().syncFloorKibPerSecond = minKibPerSecond;
    return {};
  }

  async formatVolume({ fileSystem }: { fileSystem: { type: string; uuid: string } }) {
    await this.enter('formatVolume');
    this.formats += 1;
    return fileSystem;
  }

  private running(): MdArray {
    if (!this.array) throw new HostError('NotFound', 'the array does not run');
    return this.array;
  }

  private run(uuid: string, level: ArrayLevel, raidDevices: number, members: ArrayMember[]): MdArray {
    const sync = { syncAction: SyncAction.IDLE, syncDone: 0, syncTotal: 0, syncFloorKibPerSecond: 0 };
    const idle = { ...sync, degraded: 0, mismatchCount: 0, readOnly: false };
    this.array ??= { uuid, level, raidDevices, sizeBytes: GiB, ...idle, members };
    return this.array;
  }

  /** Writes a new superblock. */
  private stamp(slot: number, arrayUuid: string): void {
    const member = this.members.get(slot)!;
    const superblock = { arrayUuid, memberUuid: `member-${this.memberCount++}`, events: 1 };
    this.superblocks.set(member.partitionUuid, superblock);
    member.superblock = superblock;
    if (!this.content.has(member.partitionUuid)) this.content.set(member.partitionUuid, 0);
  }

  private isOfAnother(slot: number, arrayUuid: string): boolean {
    const superblock = this.members.get(slot)?.superblock;
    return superblock !== undefined && superblock.arrayUuid !== arrayUuid;
  }

  private inSync(slot: number, role: number): ArrayMember {
    const { memberUuid } = this.members.get(slot)!.superblock!;
    return { slot, role, state: ArrayMemberState.IN_SYNC, memberUuid, beingReplaced: false, replacement: false };
  }

  private async enter(call: string): Promise<void> {
    this.calls.push(call);
    await this.before(call.split(' ')[0]!);
  }
}

const incomplete: readonly ArrayMemberState[] = [ArrayMemberState.RECOVERING, ArrayMemberState.SPARE];
const writable: readonly ArrayMemberState[] = [ArrayMemberState.IN_SYNC, ArrayMemberState.RECOVERING];
