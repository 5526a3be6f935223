import { SimWorld, type SimNode } from '../../../src/host/sim';
import type { KernelError } from '../../../src/host/sim/kernel/errno';
import type { PartitionDevice } from '../../../src/host/sim/kernel/drives';
import type { MdMember } from '../../../src/host/sim/kernel/md/member';
import type { MdArray } from '../../../src/host/sim/kernel/md/array';
import { superblockCell, type MdSuperblock } from '../../../src/host/sim/kernel/md/superblock';
import { seeded } from '../../contract/host/seeded';
import { FakeClock } from '../../support/fake-clock';
import { read, write } from './io';

/** Cells before the data of a member. */
const dataOffset = 1_024;
/** Cells of a member's data: 10 chunks of the bitmap. */
export const componentCells = 163_840;
/** Cells that a bit of a RAID1's bitmap covers. */
export const chunk = 16_384;

/** One node with a drive per disk, and md on bare partitions of them: what the kernel does by itself. */
export class Disks {
  readonly clock = new FakeClock();
  readonly node: SimNode;

  constructor(count: number, { seed = 1, volatileWriteCache = false } = {}) {
    const world = new SimWorld({ clock: this.clock, random: seeded(seed) });
    const drives = Array.from({ length: count }, () => ({ sizeBytes: 2 * 1024 ** 3, volatileWriteCache }));
    this.node = world.addNode('n', { drives });
    this.plug();
  }

  private plug(): void {
    for (const device of this.node.kernel.drives.list()) {
      const entry = { number: 1, uuid: device.drive.id, name: 'disk', start: 256, cells: dataOffset + componentCells };
      this.node.kernel.drives.addPartition(device, entry);
    }
  }

  /** A loss of power, and a boot. */
  reboot(): void {
    this.node.powerCut();
    this.node.boot();
    this.plug();
  }

  disk(index: number): PartitionDevice {
    return this.node.kernel.drives.findPartition(this.node.drives[index]!.id)!;
  }

  /** mdadm --create; -1 for missing. */
  create(disks: readonly number[], { level = 'raid1', mirrors = disks.length, writeMostly = [-1] } = {}): MdArray {
    this.node.kernel.md.create(
      {
        uuid: '7d0f1c1e-0000-4000-8000-000000000001',
        level: level as 'raid1' | 'raid10',
        mirrors,
        chunkCells: 16,
        dataOffset,
        devices: disks.map((disk) =>
          disk < 0 ? undefined : { device: this.disk(disk), writeMostly: writeMostly.includes(disk) },
        ),
      },
      () => undefined,
    );
    return this.array;
  }

  /** The same, until everything agrees and the bitmap is clear. */
  async settled(disks: readonly number[], options: Parameters<Disks['create']>[1] = {}): Promise<MdArray> {
    const array = this.create(disks, options);
    await this.clock.advance(120_000);
    return array;
  }

  get array(): MdArray {
    return this.node.kernel.md.list()[0]!;
  }

  /** mdadm --assemble; the error, if it did not start. */
  assemble(disks: readonly number[], options: { run?: boolean; force?: boolean } = {}): KernelError | undefined {
    let failure: KernelError | undefined;
    const devices = disks.map((disk) => this.disk(disk));
    this.node.kernel.md.assemble(devices, options, (error) => (failure = error));
    return failure;
  }

  stop(): void {
    this.node.kernel.md.stop(this.array, () => undefined);
  }

  add(disk: number): void {
    this.node.kernel.md.add(this.array, this.disk(disk), { writeMostly: false, dataOffset });
  }

  reAdd(disk: number): void {
    this.node.kernel.md.reAdd(this.array, this.disk(disk), this.superblock(disk)!);
  }

  /** mdadm --fail and --remove. */
  drop(disk: number): void {
    const member = this.array.members.find(({ device }) => device === this.disk(disk))!;
    this.array.fail(member);
    this.node.kernel.md.remove(this.array, member);
  }

  /** mdadm --replace OLD --with NEW, of a spare. */
  replace(old: number, spare: number): void {
    this.node.kernel.md.replace(this.array, this.member(old)!, this.member(spare)!);
  }

  /** md/raid_disks; the error, if it was refused. */
  resize(raidDevices: number): KernelError | undefined {
    let failure: KernelError | undefined;
    this.node.kernel.md.resize(this.array, raidDevices, (error) => (failure = error));
    return failure;
  }

  member(disk: number): MdMember | undefined {
    return this.array.members.find(({ device }) => device === this.disk(disk));
  }

  /** What the disk holds at a cell of its data. */
  on(disk: number, cell: number): unknown {
    return read(this.disk(disk), dataOffset + cell).cell;
  }

  superblock(disk: number): MdSuperblock | undefined {
    const cell = this.node.drives[disk]!.peek(256 + superblockCell);
    return typeof cell === 'object' ? (cell as MdSuperblock) : undefined;
  }

  write(cell: number, value: string): string {
    return write(this.array, cell, value).state;
  }

  read(cell: number): unknown {
    return read(this.array, cell).cell;
  }

  get states(): string[] {
    return this.array.members.map(({ state }) => state);
  }
}
