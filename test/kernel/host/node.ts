import { randomUUID } from 'node:crypto';
import type { HostAgent } from '../../../src/host/contract';
import type { LabNode } from '../../lab';
import type { ContractNode, DeviceHandle, DriveFixture, FilesHandle } from '../../contract/host/world';

/** A write that waits for a path may wait for as long as a test lets it. */
const forEverMs = 600_000;

/** Where the contract's tests mount things on every node. */
export const scratch = '/scratch';

/** A node of the lab as the contract's tests want it. Fixtures use plain programs on the node, never the agent's. */
export function contractNode(node: LabNode, agent: HostAgent, restart: () => Promise<void>): ContractNode {
  const [first, second, large] = node.drives.map(({ uuid }, i): DriveFixture => ({
    id: `uuid.${uuid}`,
    sectorSize: i === 2 ? 4096 : 512,
  }));
  const driveOf = (id: string) => {
    const drive = node.drives.find(({ uuid }) => id === `uuid.${uuid}`);
    if (!drive) throw new Error(`${node.name} has no drive ${id}`);
    return drive;
  };
  return {
    name: node.name,
    agent,
    address: node.storageAddress,
    drives: [first!, second!],
    ...(large ? { largeSectorDrive: large } : {}),
    scratch,
    async prepareDrive(id, contents) {
      await node.must(`${helpers}\ndrive=${driveOf(id).path}\n${preparations[contents]}`);
    },
    readPartition: async (uuid, offset, length) => read(node, `$(partition ${uuid})`, offset, length),
    writePartition: async (uuid, offset, bytes) => write(node, `$(partition ${uuid})`, offset, bytes),
    readDrive: async (id, length) => read(node, driveOf(id).path, 0, length),
    openDevice: (path) => openDevice(node, path),
    openFiles: (path) => openFiles(node, path),
    exists: async (path) => (await node.exec(['test', '-e', path])).code === 0,
    powerCut: () => node.powerCut(),
    async boot() {
      await node.boot();
      await restart();
    },
    async hangDrive(id) {
      const map = `lab-drive${node.drives.indexOf(driveOf(id))}`;
      await node.must(`dmsetup suspend --noflush --nolockfs ${map}`);
      return async () => void (await node.must(`dmsetup resume --noudevsync ${map}`));
    },
    async pullDrive(id) {
      await driveOf(id).pull();
      return () => driveOf(id).insert();
    },
  };
}

/** partition UUID: its device, found in the tables of the drives. */
const helpers = `
partition() {
  for disk in /sys/block/nvme*n1; do
    name=\${disk##*/}
    start=$(sfdisk --json /dev/$name 2>/dev/null | jq -r ".partitiontable | (.sectorsize // 512) as \\$s | .partitions[]? | select(.uuid | ascii_downcase == \\"$1\\") | .start * \\$s / 512") || continue
    [ -n "$start" ] || continue
    for part in $disk/$name"p"*; do
      if [ "$(cat $part/start)" = "$start" ]; then echo /dev/\${part##*/}; return; fi
    done
  done
  echo "no partition $1" >&2
  return 1
}`;

const blank = `
for part in $(partx --noheadings --output NR --show "$drive" 2>/dev/null); do partx --delete --nr "$part" "$drive" || true; done
size=$(blockdev --getsize64 "$drive")
dd if=/dev/zero of="$drive" bs=1M count=2 oflag=direct conv=notrunc status=none
dd if=/dev/zero of="$drive" bs=1M count=2 oflag=direct,seek_bytes conv=notrunc status=none seek=$((size - 2097152))
udevadm settle`;

const preparations = {
  blank,
  'foreign-table': `${blank}\nprintf 'label: gpt\\nsize=16M\\n' | sfdisk --quiet "$drive"\nudevadm settle`,
  'foreign-file-system': `${blank}\nmkfs.ext4 -q -F "$drive" 65536\nudevadm settle`,
} as const;

async function read(node: LabNode, device: string, offset: number, length: number): Promise<Buffer> {
  const dd = `dd if="${device}" bs=4096 skip=${offset} count=${length} iflag=direct,fullblock,skip_bytes,count_bytes status=none`;
  const text = await node.must(`${helpers}\n${dd} | base64 --wrap=0`, { timeoutMs: forEverMs });
  return Buffer.from(text, 'base64');
}

async function write(node: LabNode, device: string, offset: number, bytes: Buffer): Promise<void> {
  const dd = `dd of="${device}" bs=${bytes.length} seek=${offset} iflag=fullblock oflag=direct,seek_bytes conv=notrunc,nocreat,fsync status=none`;
  await node.must(`${helpers}\n${dd}`, { stdin: bytes, timeoutMs: forEverMs });
}

/** Held open by a process of its own; each read and write is another, so that one that waits keeps no other. */
async function openDevice(node: LabNode, path: string): Promise<DeviceHandle> {
  const holder = await node.spawn(['bash', '-c', 'exec 3<>"$1" && echo open && exec sleep infinity', 'holder', path], {
    name: `holder-${randomUUID()}`,
  });
  await holder.waitFor(/open/);
  return {
    write: (offset, bytes) => write(node, path, offset, bytes),
    read: (offset, length) => read(node, path, offset, length),
    close: () => holder.kill(),
  };
}

async function openFiles(node: LabNode, path: string): Promise<FilesHandle> {
  const holder = await node.spawn(['bash', '-c', 'cd "$1" && echo open && exec sleep infinity', 'holder', path], {
    name: `holder-${randomUUID()}`,
  });
  await holder.waitFor(/open/);
  return {
    async write(name, text) {
      const { code, stderr } = await node.exec(['bash', '-c', 'cat > "$1" && sync "$1"', 'write', `${path}/${name}`], {
        stdin: text,
      });
      if (code !== 0) throw new Error(stderr);
    },
    async read(name) {
      const { code, stdout, stderr } = await node.exec(['cat', `${path}/${name}`]);
      if (code !== 0) throw new Error(stderr);
      return stdout;
    },
    close: () => holder.kill(),
  };
}
