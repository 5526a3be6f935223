import type { CallOptions, HostAgent } from '../../../src/host/contract';
import { HostError } from '../../../src/host/errors';
import {
  DriveUse,
  Endpoint,
  type ApplyExportRequest,
  type CreatePartitionRequest,
  type DeepPartial,
  type Drive,
  type Export,
  type NodeFacts,
  type Partition,
} from '../../../src/host/gen/host';

const MiB = 1024 ** 2;

/** The drives of one node, with the refusals that the host contract promises. */
export class DrivesDouble {
  readonly calls: string[] = [];
  readonly drives = new Map<string, Drive>();
  readonly partitions = new Map<string, Partition>();
  /** Entries that attempts to make a partition left, under no name of it. */
  readonly begun = new Set<string>();
  /** Bytes of each partition that still hold content, from this offset on. */
  readonly dirtyFrom = new Map<string, number>();
  readonly deadlines: (number | undefined)[] = [];
  facts: NodeFacts = { kernel: '6.12.0', mdadm: '4.4', rdma: false, warnings: [], bootId: 'boot-1' };
  /** How much one call erases. */
  wipeStride = 1024 * MiB;
  /** Called before a verb takes effect; what it throws, the caller gets. */
  before: (verb: string) => void | Promise<void> = () => undefined;

  get agent(): HostAgent {
    return this as unknown as HostAgent;
  }

  /** Verbs that change something. */
  get effects(): string[] {
    return this.calls.filter((call) => !/^(get|list)/.test(call));
  }

  addDrive(change: Partial<Drive> & { id: string; name: string }): Drive {
    const drive: Drive = {
      model: 'Model',
      serial: 'S1',
      sizeBytes: 1024 ** 4,
      sectorSize: 512,
      queues: 8,
      volatileWriteCache: false,
      partitions: [],
      free: [{ startBytes: MiB, sizeBytes: 1024 ** 4 }],
      use: DriveUse.MESHSTOR,
      useDetail: '',
      ...change,
    };
    this.drives.set(drive.id, drive);
    return drive;
  }

  /** Pulls the drive out, with all that is on it. */
  removeDrive(id: string): void {
    this.drives.delete(id);
  }

  async getNodeFacts(): Promise<NodeFacts> {
    await this.enter('getNodeFacts');
    return this.facts;
  }

  async listDrives(): Promise<{ drives: Drive[] }> {
    await this.enter('listDrives');
    return { drives: structuredClone([...this.drives.values()]) };
  }

  async getPartition({ uuid }: { uuid: string }): Promise<Partition> {
    await this.enter('getPartition');
    return structuredClone(this.find(uuid));
  }

  async createPartition(request: CreatePartitionRequest): Promise<Partition> {
    await this.enter('createPartition');
    const { uuid, driveId, label, sizeBytes } = request;
    const drive = this.drives.get(driveId);
    if (!drive) throw new HostError('NotFound', `drive ${driveId} is not in this node`);
    if (drive.use === DriveUse.FOREIGN) throw new HostError('Foreign', drive.useDetail || 'it has a file system');
    if (!drive.free.some((extent) => extent.sizeBytes >= sizeBytes)) throw new HostError('NoSpace', 'no extent fits');
    this.partitions.set(uuid, {
      uuid,
      driveId,
      driveName: drive.name,
      startBytes: MiB,
      sizeBytes: Math.ceil(sizeBytes / MiB) * MiB,
      label,
      exports: [],
      heldByVolumeUid: '',
      volatileWriteCache: false,
      driveSession: 'boot-1.1',
    });
    this.dirtyFrom.set(uuid, 0);
    return structuredClone(this.find(uuid));
  }

  async wipePartition({ uuid, offsetBytes }: { uuid: string; offsetBytes: number }, options?: CallOptions) {
    await this.enter(`wipePartition ${offsetBytes / MiB}`);
    this.deadlines.push(options?.deadlineMs);
    const partition = this.find(uuid);
    this.refuseInUse(partition);
    const end = Math.min(offsetBytes + this.wipeStride, partition.sizeBytes);
    const dirty = this.dirtyFrom.get(uuid)!;
    if (offsetBytes <= dirty) this.dirtyFrom.set(uuid, Math.max(dirty, end));
    return { offsetBytes: end, done: end === partition.sizeBytes };
  }

  async deletePartition({ uuid }: { uuid: string }) {
    await this.enter('deletePartition');
    const partition = this.partitions.get(uuid);
    if (partition) this.refuseInUse(partition);
    if (partition && this.dirtyFrom.get(uuid)! < partition.sizeBytes) {
      throw new Error('the content would be left for the next one to read');
    }
    this.partitions.delete(uuid);
    this.begun.delete(uuid);
    return {};
  }

  async applyExport(request: DeepPartial<ApplyExportRequest>): Promise<Export> {
    await this.enter(`applyExport ${short(request.nqn!)}`);
    const partition = this.find(request.partitionUuid!);
    if (partition.heldByVolumeUid) throw new HostError('Busy', 'a map of this node holds it');
    const made: Export = {
      nqn: request.nqn!,
      partitionUuid: partition.uuid,
      namespaceUuid: request.namespaceUuid!,
      hostNqns: [...(request.hostNqns as string[])],
      endpoint: Endpoint.fromPartial(request.endpoint!),
      fenced: false,
    };
    partition.exports = [...partition.exports.filter(({ nqn }) => nqn !== made.nqn), made];
    return made;
  }

  async removeExport({ nqn }: { nqn: string }) {
    await this.enter(`removeExport ${short(nqn)}`);
    for (const partition of this.partitions.values()) {
      partition.exports = partition.exports.filter((present) => present.nqn !== nqn);
    }
    return {};
  }

  private find(uuid: string): Partition {
    const partition = this.partitions.get(uuid);
    if (!partition || !this.drives.has(partition.driveId)) throw new HostError('NotFound', `no partition ${uuid} here`);
    const drive = this.drives.get(partition.driveId)!;
    if (drive.use === DriveUse.UNREADABLE) throw new HostError('Unreachable', `drive ${drive.name} does not answer`);
    return partition;
  }

  private refuseInUse({ exports, heldByVolumeUid }: Partition): void {
    if (exports.length > 0) throw new HostError('Busy', 'it is exported');
    if (heldByVolumeUid) throw new HostError('Busy', 'it is held');
  }

  private async enter(call: string): Promise<void> {
    this.calls.push(call);
    await this.before(call.split(' ')[0]!);
  }
}

/** The epoch of an export's NQN, `e1`. */
const short = (nqn: string): string => nqn.split(':').at(-1)!;
