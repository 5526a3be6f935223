import type { LabNode } from '../../lab';

/**
 * Takes everything of a test off a node, whatever state it is in, without the agent. What hangs is let go of first:
 * maps fail their I/O, imports are ended, and only then what is above can go. Starting a program is what costs
 * time in the lab, so that none is started where nothing is.
 */
const script = `
nvmet=/sys/kernel/config/nvmet; ours='nqn.2026-01.io.meshstor:'
shopt -s nullglob
maps=(); arrays=()
look() {
  maps=(); arrays=()
  for d in /sys/block/dm-*/dm/name; do read -r name < $d; case $name in meshstor-*) maps+=("$name") ;; esac; done
  for d in /sys/block/md*; do arrays+=(/dev/\${d##*/}); done
}
look
for map in "\${maps[@]}"; do
  dmsetup message "$map" 0 fail_if_no_path 2>/dev/null
  dmsetup resume --noudevsync "$map"
done
for ns in $nvmet/subsystems/$ours*/namespaces/1; do
  echo 1 > $ns/ana_grpid
  echo 0 > $ns/enable
done
for c in /sys/class/nvme/nvme*; do
  read -r nqn < $c/subsysnqn
  case $nqn in $ours*) echo 1 > $c/delete_controller ;; esac
done
mounted=()
while read -r _ _ _ _ path _; do case $path in /scratch/*) mounted=("$path" "\${mounted[@]}") ;; esac; done < /proc/self/mountinfo
for path in "\${mounted[@]}"; do umount "$path"; done
for left in /scratch/*; do rm -rf "$left"; done
for i in {1..100}; do
  [ \${#maps[@]} -gt 0 ] || [ \${#arrays[@]} -gt 0 ] || break
  for map in "\${maps[@]}"; do [[ $map =~ -m[0-9]+$ ]] || dmsetup remove --noudevsync "$map" 2>/dev/null; done
  for md in "\${arrays[@]}"; do mdadm --stop $md 2>/dev/null; done
  for map in "\${maps[@]}"; do [[ $map =~ -m[0-9]+$ ]] && dmsetup remove --noudevsync "$map" 2>/dev/null; done
  look
  [ $i -gt 2 ] && sleep 0.1
done
for s in $nvmet/subsystems/$ours*; do
  rm -f $nvmet/ports/*/subsystems/\${s##*/} $s/allowed_hosts/*
  rmdir $s/namespaces/* $s
done
for d in /sys/block/nvme*n1; do
  parts=($d/nvme*p*); name=\${d##*/}
  [ \${#parts[@]} -gt 0 ] || ! blkid --probe /dev/$name > /dev/null || parts=(table)
  [ \${#parts[@]} -gt 0 ] || continue
  partx --delete /dev/$name 2>/dev/null
  read -r size < $d/size
  for at in 0 $((size * 512 - 2097152)); do
    dd if=/dev/zero of=/dev/$name bs=1M count=2 oflag=direct,seek_bytes seek=$at conv=notrunc status=none
  done
done
look
for rest in "\${maps[@]}" "\${arrays[@]}" $nvmet/subsystems/$ours*; do echo "still there: $rest" >&2; exit 1; done`;

export async function cleanNode(node: LabNode): Promise<void> {
  const { code, stderr, stdout } = await node.sh(script, { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`${node.name} cannot be cleaned: ${stderr}${stdout}`);
}
