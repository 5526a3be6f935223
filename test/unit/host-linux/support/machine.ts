import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exportNQN, namespaceUUID } from '../../../../src/api/identity';
import { Call } from '../../../../src/host/linux/call';
import { Configfs } from '../../../../src/host/linux/exports/configfs';
import type { Host, HostPaths } from '../../../../src/host/linux/host';
import { Locks } from '../../../../src/host/linux/locks';
import { Recent } from '../../../../src/host/linux/recent';
import { Superblocks } from '../../../../src/host/linux/members/superblocks';
import { AutoAssembly } from '../../../../src/host/linux/setup/auto-assembly';
import { Sysfs } from '../../../../src/host/linux/sysfs';
import { recordingLog } from '../../runtime/quiet-log';
import { FakeExec } from './fake-exec';
import { QuickClock } from './quick-clock';

/** A machine that consists of files: sysfs, procfs and configfs as a test wants them, and programs that pretend. */
export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'meshstor-host-'));
  readonly clock = new QuickClock();
  readonly exec = new FakeExec();
  readonly paths: HostPaths;
  readonly host: Host;
  readonly lines = recordingLog();

  constructor() {
    this.paths = {
      sys: join(this.root, 'sys'),
      proc: join(this.root, 'proc'),
      dev: '/dev',
      nvmet: join(this.root, 'nvmet'),
      run: join(this.root, 'run'),
      machineMdadmConf: [join(this.root, 'etc/mdadm.conf')],
      ownMdadmConf: join(this.root, 'etc/mdadm.conf'),
      udevRules: join(this.root, 'udev/rules.d'),
      mountRoots: [join(this.root, 'kubelet')],
    };
    for (const folder of [
      'sys/block',
      'sys/dev/block',
      'sys/class/nvme',
      'sys/class/block',
      'proc/self',
      'etc',
      'kubelet',
    ]) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
    for (const folder of ['subsystems', 'ports', 'hosts'])
      mkdirSync(join(this.root, 'nvmet', folder), { recursive: true });
    this.write('proc/self/mountinfo', '');
    const { clock, exec, paths } = this;
    const locks = new Locks();
    this.host = {
      clock,
      exec,
      paths,
      locks,
      log: this.lines.log,
      sysfs: new Sysfs(paths.sys),
      proc: new Sysfs(paths.proc),
      nvmet: new Configfs(paths.nvmet, locks),
      recent: {
        tables: new Recent(new QuickClock(), 15_000),
        signs: new Recent(new QuickClock(), 15_000),
        paths: new Recent(new QuickClock(), 5_000),
      },
      superblocks: new Superblocks(),
      autoAssembly: new AutoAssembly(paths, this.lines.log),
      lastSeenOn: new Map(),
      expectedNamespace: new Map(),
      ioQueues: 2,
    };
  }

  call(deadlineMs = 20_000): Call {
    return new Call('test', this.clock, deadlineMs);
  }

  write(path: string, text: string | number): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }

  writeAll(folder: string, values: Record<string, string | number>): void {
    for (const [name, value] of Object.entries(values)) this.write(`${folder}/${name}`, value);
  }

  folder(path: string): void {
    mkdirSync(join(this.root, path), { recursive: true });
  }

  link(path: string, target: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(target, file);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  // -- Hardware --------------------------------------------------------------------------------------------------

  /** A local drive of the given size, by native multipath: nvme<n>n1 with controller nvme<n>. */
  drive(
    n: number,
    { id = `uuid.0000000${n}-0000-4000-8000-000000000000`, sizeBytes = 1024 ** 3, sectorSize = 512 } = {},
  ): string {
    const name = `nvme${n}n1`;
    this.controller(n, { transport: 'pcie', subsysnqn: `nqn.2019-08.org.test:${n}`, state: 'live' });
    this.block(name, { devno: `259:${n}`, sizeBytes, parent: `../../nvme-subsys${n}` });
    this.writeAll(`sys/block/${name}`, {
      wwid: id,
      'queue/logical_block_size': sectorSize,
      'queue/write_cache': 'write back',
    });
    return id;
  }

  /** The kernel's idea of a partition. */
  partition(
    disk: string,
    number: number,
    { start, size, devno = `259:${100 + number}` }: { start: number; size: number; devno?: string },
  ): void {
    const name = `${disk}p${number}`;
    const values = { start: start / 512, size: size / 512, dev: devno, partition: number };
    this.writeAll(`sys/block/${disk}/${name}`, values);
    this.folder(`sys/block/${disk}/${name}/holders`);
    this.link(`sys/class/block/${name}`, `../../block/${disk}/${name}`);
    this.link(`sys/dev/block/${devno}`, `../../block/${disk}/${name}`);
  }

  /** An import of one of MeshStor's exports: controller nvme<n>, namespace nvme<n>n1. */
  import(
    n: number,
    {
      uid,
      partition,
      epoch = 1,
      sizeBytes = 64 * 1024 ** 2,
      state = 'live',
      ana = 'optimized',
      device = true,
      uuid = namespaceUUID(partition, epoch),
    }: {
      uid: string;
      partition: string;
      epoch?: number;
      sizeBytes?: number;
      state?: string;
      ana?: string;
      device?: boolean;
      uuid?: string;
    },
  ): string {
    const nqn = exportNQN(uid, partition, epoch, 'a session of its drive');
    this.controller(n, {
      transport: 'tcp',
      subsysnqn: nqn,
      state,
      address: 'traddr=10.0.0.2,trsvcid=4420,src_addr=10.0.0.1',
    });
    this.writeAll(`sys/class/nvme/nvme${n}/nvme${n}c${n}n1`, { uuid, ana_state: ana });
    if (device) {
      this.block(`nvme${n}n1`, { devno: `259:${n}`, sizeBytes, parent: `../../nvme-subsys${n}` });
      this.writeAll(`sys/block/nvme${n}n1`, { uuid, wwid: `uuid.${uuid}` });
    }
    return nqn;
  }

  private controller(n: number, values: Record<string, string>): void {
    this.writeAll(`sys/class/nvme/nvme${n}`, { model: 'Test drive', serial: `SER-${n}`, queue_count: 3, ...values });
    this.write(`sys/class/nvme-subsystem/nvme-subsys${n}/subsysnqn`, values['subsysnqn']!);
    this.folder(`sys/class/nvme-subsystem/nvme-subsys${n}/nvme${n}`);
  }

  block(name: string, { devno, sizeBytes, parent }: { devno: string; sizeBytes: number; parent?: string }): void {
    this.writeAll(`sys/block/${name}`, { dev: devno, size: sizeBytes / 512 });
    for (const folder of ['holders', 'slaves']) this.folder(`sys/block/${name}/${folder}`);
    this.link(`sys/dev/block/${devno}`, `../../block/${name}`);
    if (parent !== undefined) this.link(`sys/block/${name}/device`, parent);
  }

  // -- Device-mapper and md ----------------------------------------------------------------------------------------

  /** A device-mapper device dm-<n> over `slaves`. */
  dm(
    n: number,
    {
      name,
      uuid,
      slaves = [],
      sizeBytes = 64 * 1024 ** 2,
      suspended = false,
    }: { name: string; uuid: string; slaves?: string[]; sizeBytes?: number; suspended?: boolean },
  ): void {
    this.block(`dm-${n}`, { devno: `253:${n}`, sizeBytes });
    this.writeAll(`sys/block/dm-${n}/dm`, { name, uuid, suspended: suspended ? 1 : 0 });
    for (const slave of slaves) this.folder(`sys/block/dm-${n}/slaves/${slave}`);
  }

  /** Array md<n> over members dm-<i>, by attributes as sysfs has them. */
  md(
    n: number,
    {
      uuid,
      members,
      state = 'clean',
      level = 'raid1',
      raidDisks = 2,
      sizeBytes = 60 * 1024 ** 2,
      layout = 0,
      degraded = 0,
    }: {
      uuid: string;
      members: Record<string, { slot: number | 'none'; state: string }>;
      state?: string;
      level?: string;
      raidDisks?: number;
      sizeBytes?: number;
      layout?: number;
      degraded?: number;
    },
  ): void {
    this.block(`md${n}`, { devno: `9:${n}`, sizeBytes });
    this.writeAll(`sys/block/md${n}/md`, {
      ...{ uuid, array_state: state, level, layout, raid_disks: raidDisks, degraded },
      ...{ sync_action: 'idle', sync_completed: 'none', mismatch_cnt: 0 },
    });
    for (const [name, member] of Object.entries(members)) {
      this.writeAll(`sys/block/md${n}/md/dev-${name}`, member);
      this.folder(`sys/block/${name}/holders/md${n}`);
      this.folder(`sys/block/md${n}/slaves/${name}`);
    }
  }
}
