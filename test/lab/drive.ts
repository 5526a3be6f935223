import { driveFile } from './boot';
import { driveSerial, driveUuid, type NodeSpec } from './spec';
import type { ExecOptions } from './commands';

interface Shell {
  must(script: string, options?: ExecOptions): Promise<string>;
}

/** An NVMe drive of a node. Faults are planted below it, where the node's kernel cannot tell them from a real one. */
export class LabDrive {
  /** Its namespace UUID, the same at every boot. */
  readonly uuid: string;
  readonly serial: string;
  /** Bytes of its logical blocks. */
  readonly sectorSize: number;
  /** Its path on the node while it is plugged in, whatever its kernel name. */
  readonly path: string;
  /** The file of this machine that holds its content. */
  readonly file: string;

  constructor(
    private readonly node: Shell,
    spec: NodeSpec,
    folder: string,
    private readonly index: number,
  ) {
    this.uuid = driveUuid(spec, index);
    this.serial = driveSerial(spec, index);
    this.sectorSize = spec.drives[index]!.sectorSize;
    this.path = `/dev/disk/by-id/nvme-uuid.${this.uuid}`;
    this.file = driveFile(folder, index);
  }

  /** Its kernel name now, such as nvme0n1. */
  kernelName(): Promise<string> {
    return this.node.must(`basename "$(readlink -f ${this.path})"`);
  }

  /** The drive is pulled out: its controller and block device go. */
  async pull(): Promise<void> {
    await this.node.must(`/lab/drive pull ${this.index}`);
  }

  async insert(): Promise<void> {
    await this.node.must(`/lab/drive insert ${this.index} && udevadm settle`);
  }

  /** Every read and write fails from now on. */
  fail(): Promise<void> {
    return this.load('error');
  }

  /** Every read and write takes this much longer. */
  slow(ms: number): Promise<void> {
    return this.load('delay', `0 ${ms}`);
  }

  /** Takes back `fail` and `slow`. */
  repair(): Promise<void> {
    return this.load('linear', '0');
  }

  private async load(target: string, args = ''): Promise<void> {
    const map = `lab-drive${this.index}`;
    const size = `$(blockdev --getsz /dev/mapper/${map})`;
    const ubd = `/dev/ubd${'bcdefghijk'[this.index]}`;
    const table = target === 'error' ? `0 ${size} error` : `0 ${size} ${target} ${ubd} ${args}`;
    await this.node.must(`dmsetup load ${map} --table "${table}" && dmsetup resume --noudevsync ${map}`);
  }
}
