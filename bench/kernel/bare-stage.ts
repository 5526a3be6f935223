import { arrayUUID, hostIdentity, mdUUID } from '../../src/api/identity';
import type { MeshStorVolume } from '../../src/api/model';
import type { LabNode } from '../../test/lab';
import type { BenchVolume } from './volume';

/** The commands that staging cannot do without, for people. */
export const bareCommands =
  'nvme connect, dmsetup create (two members), mdadm --assemble, dmsetup create (the device), mount';

/** Milliseconds. */
export interface BareTimes {
  readonly up: number;
  readonly down: number;
}

/**
 * Puts a volume together with bare commands, one after the other in one shell, and takes it apart again; how long
 * each took. The volume must be unstaged there, and nobody else may act on it meanwhile.
 */
export async function bareStage(volume: BenchVolume, { metadata }: MeshStorVolume, node: LabNode): Promise<BareTimes> {
  const partitions = await volume.partitions();
  const [local, remote] = [true, false].map((isLocal) =>
    partitions.find(({ spec }) => (spec.nodeName === node.name) === isLocal),
  );
  const { nqn, namespaceUUID, address, port } = remote!.status!.export!;
  const { hostNQN, hostID } = hostIdentity(node.name);
  const script = `
    part=$(readlink -f /dev/disk/by-partuuid/${local!.spec.partitionUUID}); part=\${part##*/}
    read -r local_devno < /sys/class/block/$part/dev; read -r sectors < /sys/class/block/$part/size
    mkdir -p /mnt/bare
    multipath() { echo "0 $sectors multipath 3 queue_if_no_path queue_mode bio 0 1 1 round-robin 0 1 1 $1 1"; }
    # The device of a map, whether or not udev has named it yet.
    of() { for d in /sys/block/dm-*; do read -r n < $d/dm/name; [ "$n" = $1 ] && device=/dev/\${d##*/}; done; [ -b $device ]; }
    begin=\${EPOCHREALTIME/./}
    nvme connect --transport=tcp --traddr=${address} --trsvcid=${port} --nqn=${nqn} --hostnqn=${hostNQN} \\
      --hostid=${hostID} --ctrl-loss-tmo=-1 --fast_io_fail_tmo=1 --reconnect-delay=5 --keep-alive-tmo=2 \\
      --nr-io-queues=1 > /dev/null
    remote_devno=
    while true; do
      for d in /sys/block/nvme*n1; do
        [ -e $d/uuid ] && [ -e $d/dev ] && read -r uuid < $d/uuid && [ "$uuid" = ${namespaceUUID} ] && read -r remote_devno < $d/dev
      done
      [ -z "$remote_devno" ] || break
      sleep 0.01
    done
    dmsetup create bare-m0 --noudevsync --table "$(multipath $local_devno)"
    dmsetup create bare-m1 --noudevsync --table "$(multipath $remote_devno)"
    of bare-m0; m0=$device; of bare-m1; m1=$device
    mdadm --quiet --assemble /dev/md/bare --uuid=${mdUUID(arrayUUID(metadata.uid!))} $m0 $m1
    md=$(echo /sys/block/md*); read -r md_devno < $md/dev; read -r md_sectors < $md/size
    dmsetup create bare --noudevsync --table "0 $md_sectors linear $md_devno 0"
    of bare
    mount $device /mnt/bare
    end=\${EPOCHREALTIME/./}
    umount /mnt/bare
    dmsetup remove --retry bare
    mdadm --quiet --stop /dev/\${md##*/}
    dmsetup remove --retry bare-m0
    dmsetup remove --retry bare-m1
    nvme disconnect --nqn=${nqn} > /dev/null
    echo $((end - begin)) $((\${EPOCHREALTIME/./} - end))`;
  const [up, down] = (await node.must(script)).split(' ').map((micros) => Number(micros) / 1_000);
  return { up: up!, down: down! };
}
