import { startLab, type Lab, type LabNode } from '../lab';

/** What md does when a member is replaced in place, and when its number of roles changes. */
jest.setTimeout(120_000);

let lab: Lab;
let node: LabNode;
beforeEach(async () => {
  lab = await startLab({ nodes: 1, drives: 1, driveSizeMiB: 512 });
  node = lab.node('n1');
  await node.must(`
    echo 'AUTO -all' > /etc/mdadm/mdadm.conf
    printf 'label: gpt\\nsize=64MiB\\nsize=64MiB\\nsize=64MiB\\nsize=64MiB\\n' | sfdisk -q ${node.drives[0]!.path}
    udevadm settle`);
});
afterEach(() => lab.close());

const md = '/sys/block/md127/md';
const part = (number: number) => `${node.drives[0]!.path}-part${number}`;

/** A mirror of the first partitions, which is in sync and whose bitmap is clear. */
const create = (count: number) =>
  node.must(`
    mdadm --quiet --create /dev/md127 --run --assume-clean --level=1 --raid-devices=${count} --bitmap=internal \\
      --bitmap-chunk=1M --metadata=1.2 --data-offset=4M ${Array.from({ length: count }, (_, i) => part(i + 1)).join(' ')} 2> /dev/null
    mdadm --quiet --stop /dev/md127 && ${assemble(...Array.from({ length: count }, (_, i) => i + 1))}`);

const assemble = (...parts: number[]) => `mdadm --quiet --assemble /dev/md127 ${parts.map(part).join(' ')}`;

/** dev-X/slot and dev-X/state of a partition. */
const member = async (number: number) =>
  (await node.must(`cd ${md}/dev-$(basename $(readlink -f ${part(number)})) && echo $(cat slot state)`)).trim();
const degraded = async () => Number(await node.must(`cat ${md}/degraded`));

const replaceSlowly = () =>
  node.must(`
    mdadm --quiet --manage /dev/md127 --add ${part(3)}
    echo 500 > ${md}/sync_speed_min; echo 1000 > ${md}/sync_speed_max
    mdadm --quiet --manage /dev/md127 --replace ${part(2)} --with ${part(3)}`);

const write = (mebibyte: number, letter: string) =>
  node.must(
    `head -c 65536 /dev/zero | tr '\\0' ${letter} | dd of=/dev/md127 bs=64K seek=$((${mebibyte} * 16)) oflag=direct status=none`,
  );
/** First letter that a partition holds there, past the page cache; nothing for zeroes. */
const letter = async (number: number, mebibyte: number) =>
  (
    await node.must(
      `dd if=${part(number)} bs=64K count=1 skip=$(((4 + ${mebibyte}) * 16)) iflag=direct status=none | head -c 1 | tr -d '\\0'`,
    )
  ).trim();

describe('a member that md replaces', () => {
  beforeEach(() => create(2));

  it('stays in sync, and both get the writes; when it fails the copy goes on as a rebuild', async () => {
    await replaceSlowly();
    expect([await degraded(), await member(2), await member(3)]).toEqual([
      0,
      '1 in_sync,want_replacement',
      '1 spare,replacement',
    ]);
    await write(40, 'w');
    expect([await letter(2, 40), await letter(3, 40)]).toEqual(['w', 'w']);
    await node.must(`mdadm --quiet --manage /dev/md127 --fail ${part(2)}`);
    await node.must(`until grep -q none ${md}/dev-$(basename $(readlink -f ${part(2)}))/slot; do sleep 0.05; done`);
    expect([await degraded(), await member(3)]).toEqual([1, '1 spare']);
  });

  it('stays marked when its copy fails, and the next spare becomes another copy by itself', async () => {
    await replaceSlowly();
    await node.must(`
      mdadm --quiet --manage /dev/md127 --fail ${part(3)}
      until mdadm --quiet --manage /dev/md127 --remove ${part(3)} 2> /dev/null; do sleep 0.05; done
      mdadm --quiet --manage /dev/md127 --add ${part(4)}
      until grep -q replacement ${md}/dev-$(basename $(readlink -f ${part(4)}))/state; do sleep 0.05; done`);
    expect([await degraded(), await member(2)]).toEqual([0, '1 in_sync,want_replacement']);
  });

  it('is whole after a loss of power; mdadm wants the copy too, or --run', async () => {
    await replaceSlowly();
    await write(1, 'p');
    await node.powerCut();
    await node.boot();
    const { code, stderr } = await node.sh(assemble(1, 2));
    expect([code, stderr]).toEqual([1, expect.stringContaining('need 3 to start')]);
    await node.must(`${assemble(1, 2)} --run`);
    expect([await degraded(), await member(2)]).toEqual([0, '1 in_sync']);
    expect([await letter(1, 1), await letter(2, 1)]).toEqual(['p', 'p']);
  });

  it('and its copy change roles when mdadm --grow freezes them; sysfs refuses instead', async () => {
    await replaceSlowly();
    const { code, stderr } = await node.sh(`echo 3 > ${md}/raid_disks`);
    expect([code, stderr]).toEqual([1, expect.stringContaining('busy')]);
    await node.must(`mdadm --grow /dev/md127 --raid-devices=3`);
    expect(await member(3)).toMatch(/^2 spare/);
  });
});

describe('a mirror of three that a member left', () => {
  beforeEach(() => create(3));

  const leave = (number: number) =>
    node.must(`
      mdadm --quiet --manage /dev/md127 --fail ${part(number)}
      until mdadm --quiet --manage /dev/md127 --remove ${part(number)} 2> /dev/null; do sleep 0.05; done`);

  it('shrinks through sysfs: the others close the gap, and the superblocks say so at once', async () => {
    await leave(1);
    await node.must(`echo 2 > ${md}/raid_disks`);
    expect([await degraded(), await member(2), await member(3)]).toEqual([0, '0 in_sync', '1 in_sync']);
    expect(await node.must(`mdadm --examine ${part(2)}`)).toMatch(/Raid Devices : 2\n/);
  });

  it('takes it back as a spare once it shrank, and into a new role with stale data', async () => {
    await leave(3);
    await node.must(`echo 2 > ${md}/raid_disks && mdadm --quiet --manage /dev/md127 --re-add ${part(3)}`);
    expect(await member(3)).toBe('none spare');
    await write(20, 'n');
    // A clean bit goes from the disk in the second round of the daemon, which comes every 5 s.
    await node.must(`until mdadm --examine-bitmap ${part(1)} | grep -q ' 0 dirty'; do sleep 0.5; done`);
    await node.must(`echo 3 > ${md}/raid_disks; until [ "$(cat ${md}/degraded)" = 0 ]; do sleep 0.05; done`);
    expect(await member(3)).toBe('2 in_sync');
    expect([await letter(1, 20), await letter(3, 20)]).toEqual(['n', '']);
  });
});
