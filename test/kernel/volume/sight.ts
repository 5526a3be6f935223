import { parseExportNQN } from '../../../src/api/identity';
import { parseDmUUID, type MemberIdentity } from '../../../src/host/linux/dm/names';
import type { LabNode } from '../../lab';

/** What the kernel of a node has of MeshStor's, by sysfs, configfs and mountinfo alone. */
export interface Sight {
  readonly exports: readonly string[];
  readonly imports: readonly string[];
  readonly maps: readonly { readonly name: string; readonly kernelName: string; readonly member?: MemberIdentity }[];
  readonly arrays: readonly SeenArray[];
  readonly mounts: readonly string[];
}

export interface SeenArray {
  readonly name: string;
  /** As md writes it: four groups of eight digits. */
  readonly uuid: string;
  readonly level: string;
  readonly raidDevices: number;
  readonly chunkBytes: number;
  readonly sizeBytes: number;
  /** Kernel name of the member in each role that has one. */
  readonly members: ReadonlyMap<number, string>;
}

const script = `
shopt -s nullglob
for s in /sys/kernel/config/nvmet/subsystems/nqn.2026-01.io.meshstor:*; do echo "export \${s##*/}"; done
for c in /sys/class/nvme/nvme*; do read -r nqn < $c/subsysnqn && echo "import $nqn"; done
for d in /sys/block/dm-*; do read -r name < $d/dm/name; read -r uuid < $d/dm/uuid; echo "map \${d##*/} $name $uuid"; done
for d in /sys/block/md*; do
  read -r uuid < $d/md/uuid; read -r level < $d/md/level; read -r disks < $d/md/raid_disks
  read -r chunk < $d/md/chunk_size; read -r size < $d/size
  echo "array \${d##*/} $uuid $level \${disks% (*} $chunk $size"
  for m in $d/md/dev-*; do read -r slot < $m/slot && echo "member \${d##*/} \${m##*/dev-} $slot"; done
done
while read -r _ _ _ _ path _; do case $path in /var/lib/kubelet/*) echo "mount $path" ;; esac; done < /proc/self/mountinfo`;

/** Looks at a node that is up. */
export async function lookAt(node: LabNode): Promise<Sight> {
  const lines = (await node.must(script)).split('\n').map((line) => line.split(' '));
  const of = (kind: string) => lines.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  const maps = of('map').flatMap(([kernelName, name, uuid]) => {
    const identity = parseDmUUID(uuid ?? '');
    return identity
      ? [{ name: name!, kernelName: kernelName!, ...(identity.member && { member: identity.member }) }]
      : [];
  });
  const members = of('member');
  return {
    exports: of('export').map(([nqn]) => nqn!),
    imports: of('import').flatMap(([nqn]) => (parseExportNQN(nqn!) ? [nqn!] : [])),
    maps,
    arrays: of('array').map((fields) => seenArray(fields, members)),
    mounts: of('mount').map(([path]) => path!),
  };
}

function seenArray(fields: readonly string[], members: readonly string[][]): SeenArray {
  const [name, uuid, level, disks, chunk, sectors] = fields as [string, string, string, string, string, string];
  const own = members.filter(([array, , slot]) => array === name && /^\d+$/.test(slot!));
  return {
    name,
    uuid,
    level,
    raidDevices: Number(disks),
    chunkBytes: Number(chunk),
    sizeBytes: Number(sectors) * 512,
    members: new Map(own.map(([, device, slot]) => [Number(slot), device!])),
  };
}
