import type { LabNode, LabProcess } from '../lab';

/** The volume's data path made with the system's own tools, to learn what the kernel does without the product. */

const nvmet = '/sys/kernel/config/nvmet';
const inaccessible = 2;

/** Opens the NVMe/TCP port of a node; group 2 of it is what a fenced namespace is moved to. */
export async function openPort(node: LabNode): Promise<void> {
  await node.must(`
    echo 'AUTO -all' > /etc/mdadm/mdadm.conf
    port=${nvmet}/ports/1
    mkdir $port $port/ana_groups/${inaccessible}
    echo inaccessible > $port/ana_groups/${inaccessible}/ana_state
    echo ipv4 > $port/addr_adrfam; echo tcp > $port/addr_trtype
    echo ${node.storageAddress} > $port/addr_traddr; echo 4420 > $port/addr_trsvcid
    # The port closes with its last subsystem; this one keeps it open whatever happens to the others.
    subsystem=${nvmet}/subsystems/nqn.2026-01.io.meshstor:keeps-open-${node.name}
    mkdir $subsystem
    ln -s $subsystem $port/subsystems/`);
}

/** One partition over the whole of a node's drive; returns its path. */
export async function partition(node: LabNode, drive = 0, mebibytes = 600): Promise<string> {
  const device = node.drives[drive]!.path;
  await node.must(`
    printf 'label: gpt\\nstart=1MiB, size=${mebibytes}MiB\\n' | sfdisk -q ${device}
    udevadm settle`);
  return `${device}-part1`;
}

/** A partition served to everybody under an NQN. */
export class Export {
  constructor(
    readonly node: LabNode,
    readonly device: string,
    readonly nqn: string,
    readonly uuid: string,
  ) {}

  async serve(): Promise<void> {
    await this.node.must(`
      subsystem=${this.subsystem}
      mkdir $subsystem $subsystem/namespaces/1
      echo 1 > $subsystem/attr_allow_any_host
      printf %s "$(readlink -f ${this.device})" > $subsystem/namespaces/1/device_path
      printf %s ${this.uuid} > $subsystem/namespaces/1/device_uuid
      echo 1 > $subsystem/namespaces/1/enable
      ln -s $subsystem ${nvmet}/ports/1/subsystems/`);
  }

  async fence(): Promise<void> {
    await this.node.must(`echo ${inaccessible} > ${this.subsystem}/namespaces/1/ana_grpid`);
  }

  async unfence(): Promise<void> {
    await this.node.must(`echo 1 > ${this.subsystem}/namespaces/1/ana_grpid`);
  }

  async tearDown(): Promise<void> {
    await this.node.must(`
      rm ${nvmet}/ports/1/subsystems/${this.nqn}
      rmdir ${this.subsystem}/namespaces/1 ${this.subsystem}`);
  }

  private get subsystem(): string {
    return `${nvmet}/subsystems/${this.nqn}`;
  }
}

/** Connects an export to a node; returns the device, whatever its name is this time. */
export async function connect(node: LabNode, { node: provider, nqn, uuid }: Export): Promise<string> {
  const timers = '--ctrl-loss-tmo=-1 --fast_io_fail_tmo=1 --reconnect-delay=2 --keep-alive-tmo=2';
  return node.must(`
    nvme connect -t tcp -a ${provider.storageAddress} -s 4420 -n ${nqn} ${timers} -i 1 > /dev/null
    udevadm wait --timeout=20 /dev/disk/by-id/nvme-uuid.${uuid} && readlink -f /dev/disk/by-id/nvme-uuid.${uuid}`);
}

/** A multipath table of one path in which I/O waits when the path is gone. */
const table = (device: string) => {
  const kernelDevice = `$(lsblk -ndo MAJ:MIN ${device} | tr -d ' ')`;
  return `"0 $(blockdev --getsz ${device}) multipath 3 queue_if_no_path queue_mode bio 0 1 1 round-robin 0 1 1 ${kernelDevice} 1"`;
};

/** A member's map. Udev is not waited for: it reads the map, and a map without a path does not answer. */
export class MemberMap {
  constructor(
    private readonly node: LabNode,
    readonly name: string,
  ) {}

  get path(): string {
    return `/dev/mapper/${this.name}`;
  }

  async create(device: string): Promise<void> {
    await this.node.must(`dmsetup create ${this.name} --table ${table(device)}`);
  }

  /** Puts another path under the map; what waits in it goes on. */
  async load(device: string): Promise<void> {
    await this.swap(table(device));
  }

  /** From now on everything sent to the map fails, and nothing reaches what was under it. */
  async loadError(): Promise<void> {
    await this.swap(`"0 $(blockdev --getsz ${this.path}) error"`);
  }

  /** Everything that waits in the map for a path comes back as an error. */
  async stopQueueing(): Promise<void> {
    await this.node.must(`dmsetup message ${this.name} 0 fail_if_no_path`);
  }

  /** A path that failed is tried again; the map does not do so by itself. */
  async reinstate(): Promise<void> {
    await this.node.must(
      `dmsetup message ${this.name} 0 "reinstate_path $(dmsetup deps -o devno ${this.name} | sed -E 's/.*\\(([0-9]+), ([0-9]+)\\).*/\\1:\\2/')"`,
    );
  }

  private async swap(next: string): Promise<void> {
    await this.node.must(`
      dmsetup load ${this.name} --table ${next}
      dmsetup suspend --noflush --nolockfs ${this.name}
      dmsetup resume --noudevsync ${this.name}`);
  }
}

/** A mirror of two members with XFS on it, mounted at /mnt/v of the owner. */
export class Mirror {
  readonly device = '/dev/md127';
  readonly mount = '/mnt/v';
  readonly file = '/mnt/v/data';

  constructor(private readonly node: LabNode) {}

  async create(local: string, remote: string): Promise<void> {
    await this.node.must(`
      mdadm --quiet --create ${this.device} --run --assume-clean --level=1 --raid-devices=2 --bitmap=internal \\
        --metadata=1.2 --data-offset=4M ${local} --write-mostly ${remote} 2> /dev/null
      mkfs.xfs -q ${this.device}`);
  }

  async mountIt(): Promise<void> {
    await this.node.must(`mkdir -p ${this.mount} && mount ${this.device} ${this.mount}`);
  }

  /** How many members md has lost. */
  async degraded(): Promise<number> {
    return Number(await this.node.must('cat /sys/block/md127/md/degraded'));
  }

  async mismatches(): Promise<number> {
    return Number(
      await this.node.must(`
        echo check > /sys/block/md127/md/sync_action
        mdadm --wait ${this.device} || true
        cat /sys/block/md127/md/mismatch_cnt`),
    );
  }
}

/** What the kernel announces on a node, as `udevadm monitor` prints it. */
export async function kernelEvents(node: LabNode): Promise<LabProcess> {
  const argv = ['stdbuf', '-oL', 'udevadm', 'monitor', '--kernel', '--property'];
  const monitor = await node.spawn(argv, { name: 'uevents' });
  await monitor.waitFor(/KERNEL - the kernel uevent/);
  return monitor;
}
