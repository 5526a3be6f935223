import { readCell, type Bio } from '../hardware/bio';
import { isMetadata } from '../hardware/cells';
import type { Drive } from '../hardware/drive';
import type { KernelContext } from './context';
import { KernelDevice } from './device';
import { KernelError } from './errno';
import { tableCell, type PartitionEntry, type PartitionTable } from './gpt';

const nvmeMajor = 259;

/** A local NVMe drive as the running kernel has it. */
export class DriveDevice extends KernelDevice {
  readonly partitions = new Map<number, PartitionDevice>();
  private removed = false;

  constructor(
    readonly drive: Drive,
    name: string,
    number: string,
  ) {
    super(name, number);
  }

  get cells(): number {
    return this.drive.cells;
  }

  get sectorSize(): number {
    return this.drive.sectorSize;
  }

  override get alive(): boolean {
    return !this.removed;
  }

  remove(): void {
    this.removed = true;
  }

  submit(bio: Bio): void {
    if (this.removed) return bio.end('path');
    this.drive.submit(bio);
  }
}

/** A partition the kernel knows. It may know another table than the drive has, until it is told (partx). */
export class PartitionDevice extends KernelDevice {
  readonly uuid: string;
  readonly cells: number;
  private readonly start: number;

  constructor(
    readonly parent: DriveDevice,
    entry: PartitionEntry,
    number: string,
  ) {
    super(`${parent.name}p${entry.number}`, number);
    this.uuid = entry.uuid;
    this.start = entry.start;
    this.cells = entry.cells;
  }

  get sectorSize(): number {
    return this.parent.sectorSize;
  }

  override get alive(): boolean {
    return this.parent.alive;
  }

  /** A drive is not to be claimed as a whole while a partition of it is, and the other way round. */
  override claim(holder: string): void {
    this.parent.claim('its partitions');
    try {
      super.claim(holder);
    } catch (error) {
      this.parent.release();
      throw error;
    }
  }

  override release(): void {
    super.release();
    this.parent.release();
  }

  submit(bio: Bio): void {
    if (bio.start + bio.count > this.cells) return bio.end('path');
    this.parent.submit({ op: bio.op, start: bio.start + this.start, count: bio.count, data: bio.data, end: bio.end });
  }
}

/** The node's own drives, in the order and under the names that this boot happened to find them. */
export class DriveTable {
  private readonly devices = new Map<string, DriveDevice>();
  private instances = 0;

  constructor(private readonly context: KernelContext) {}

  list(): DriveDevice[] {
    return [...this.devices.values()];
  }

  find(id: string): DriveDevice | undefined {
    return this.devices.get(id);
  }

  /** Number for the next NVMe controller's name, imports included. */
  nextInstance(): number {
    return this.instances++;
  }

  add(drive: Drive): void {
    const device = new DriveDevice(drive, `nvme${this.nextInstance()}n1`, this.nextNumber());
    this.devices.set(drive.id, device);
    readCell(device, tableCell, (_error, cell) => {
      if (!isMetadata<PartitionTable>(cell, 'gpt') || !device.alive) return;
      for (const entry of cell.entries) this.addPartition(device, entry);
    });
    this.context.notify({ subject: 'drive', id: drive.id });
  }

  remove(id: string): void {
    const device = this.devices.get(id);
    if (!device) return;
    device.remove();
    this.devices.delete(id);
    this.context.notify({ subject: 'drive', id });
  }

  /** partx --add: makes the kernel know one partition. */
  addPartition(device: DriveDevice, entry: PartitionEntry): PartitionDevice {
    const known = device.partitions.get(entry.number);
    if (known) throw new KernelError('EBUSY', `${known.name} exists already`);
    const partition = new PartitionDevice(device, entry, this.nextNumber());
    device.partitions.set(entry.number, partition);
    this.context.notify({ subject: 'drive', id: device.drive.id });
    return partition;
  }

  /** partx --delete: makes the kernel forget one partition. EBUSY while anything has it open. */
  deletePartition(device: DriveDevice, number: number): void {
    const partition = device.partitions.get(number);
    if (!partition) return;
    partition.requireUnused();
    device.partitions.delete(number);
    this.context.notify({ subject: 'drive', id: device.drive.id });
  }

  findPartition(uuid: string): PartitionDevice | undefined {
    for (const { partitions } of this.devices.values()) {
      for (const partition of partitions.values()) if (partition.uuid === uuid) return partition;
    }
    return undefined;
  }

  private nextNumber(): string {
    return `${nvmeMajor}:${this.context.nextNumber()}`;
  }
}
