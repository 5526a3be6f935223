import { startLab, LabWriter, type Lab, type LabNode, type LabProcess } from '../lab';
import { connect, Export, kernelEvents, MemberMap, Mirror, openPort, partition } from './by-hand';

/**
 * What the design takes from the kernel, measured on it: a mirror of a local partition and one of another node,
 * each under a queueing multipath map, and a writer that knows what was acknowledged to it.
 */
jest.setTimeout(180_000);

const pathFailed = /DM_ACTION=PATH_FAILED/;
const uuid = '11111111-1111-4111-8111-111111111111';

let lab: Lab;
let owner: LabNode;
let provider: LabNode;
let half: Export;
let events: LabProcess;
const local = { map: undefined as unknown as MemberMap };
const remote = { map: undefined as unknown as MemberMap };
let mirror: Mirror;

beforeEach(async () => {
  lab = await startLab({ nodes: 2, drives: 1, driveSizeMiB: 1024 });
  [owner, provider] = [lab.node('n1'), lab.node('n2')];
  await Promise.all([openPort(owner), openPort(provider)]);
  const [ownPart, otherPart] = await Promise.all([partition(owner), partition(provider)]);
  half = new Export(provider, otherPart, 'nqn.2026-01.io.meshstor:trial', uuid);
  await half.serve();
  events = await kernelEvents(owner);
  local.map = new MemberMap(owner, 'member0');
  remote.map = new MemberMap(owner, 'member1');
  await local.map.create(ownPart);
  await remote.map.create(await connect(owner, half));
  mirror = new Mirror(owner);
  await mirror.create(local.map.path, remote.map.path);
});
afterEach(() => lab.close());

/** Succeeds when nothing has been acknowledged for a while: there is no event that tells of silence. */
async function waits(writer: LabWriter): Promise<void> {
  const quiet = async (ms: number) => {
    const before = writer.acknowledged;
    await new Promise((resolve) => setTimeout(resolve, ms));
    return writer.acknowledged === before;
  };
  for (let tries = 0; !(await quiet(500)); tries++) if (tries > 20) throw new Error('the writer goes on');
  expect(await quiet(2_000)).toBe(true);
}

async function untilAccessible(): Promise<void> {
  await owner.must(`while grep -q inaccessible /sys/block/nvme*c*n1/ana_state; do sleep 0.05; done`);
}

/** What the other half alone holds, read by its own node after it took it back. */
async function checkOtherHalf(writer: LabWriter): Promise<{ blocks: number; bad: number }> {
  await half.tearDown();
  await provider.must(`mdadm --assemble --run ${mirror.device} ${half.device} 2> /dev/null`);
  return writer.check(provider, mirror.device);
}

describe('a write waits, and md counts both members,', () => {
  let writer: LabWriter;
  beforeEach(async () => {
    await mirror.mountIt();
    writer = await LabWriter.start(owner, mirror.file);
  });
  afterEach(async () => {
    await writer.progress(20);
    await writer.stop();
    await owner.must('echo 3 > /proc/sys/vm/drop_caches');
    expect(await writer.check(owner, mirror.file)).toMatchObject({ bad: 0 });
  });

  it('while the export is fenced by ANA, which the owner can read, and it goes on when that is lifted', async () => {
    await half.fence();
    await waits(writer);
    expect(await mirror.degraded()).toBe(0);
    expect(await owner.must('cat /sys/block/nvme*c*n1/ana_state')).toContain('inaccessible');
    await half.unfence();
    await untilAccessible();
    await remote.map.reinstate();
  });

  it('while the export is gone and its port open; it goes on under the same map over a new device', async () => {
    await half.tearDown();
    await events.waitFor(pathFailed);
    await waits(writer);
    expect(await mirror.degraded()).toBe(0);
    await half.serve();
    await remote.map.load(await connect(owner, half));
    await writer.progress(50);
    expect(await mirror.degraded()).toBe(0);
    expect(await mirror.mismatches()).toBe(0);
  });

  it('while the link is cut, until the map is told to fail; then md drops that member, and says so', async () => {
    await owner.push('/root/watch.cjs', watchDegraded);
    const watcher = await owner.spawn(['node', '/root/watch.cjs'], { name: 'watch' });
    const waiting = await owner.spawn(['dmsetup', 'wait', remote.map.name, '0'], { name: 'dmsetup-wait' });
    await watcher.waitFor(/watching/);
    await provider.cutLink();
    await events.waitFor(pathFailed);
    expect(await waiting.ended).toMatchObject({ code: 0 });
    await waits(writer);
    expect(await mirror.degraded()).toBe(0);
    await remote.map.stopQueueing();
    await watcher.waitFor(/degraded 1/);
    await writer.progress();
    expect(await mirror.degraded()).toBe(1);
  });
});

describe('an owner whose time is over, with a write that waits for the other half,', () => {
  /** The order tried: nothing reaches the local half any more, then the other half stops waiting. */
  async function release(): Promise<void> {
    await local.map.loadError();
    await remote.map.stopQueueing();
  }

  it('gets that write acknowledged by md, although neither half takes writes any more', async () => {
    // Otherwise md may be about to mark the array active again, and hold the write before its first half is done.
    await owner.must('echo 0 > /sys/block/md127/md/safe_mode_delay');
    const writer = await LabWriter.start(owner, mirror.device, { sync: false });
    await writer.progress(200);
    await provider.cutLink();
    await events.waitFor(pathFailed);
    await waits(writer);
    const before = writer.acknowledged;
    await release();
    await writer.ended();
    // The other half may or may not have got it: md does not know, and does not ask.
    expect(writer).toMatchObject({ acknowledged: before + 1, errno: 5 });
  });

  it('gets an error for it when XFS was shut down first, and can then be taken down', async () => {
    await mirror.mountIt();
    await owner.must(`dd if=/dev/zero of=${mirror.file} bs=4k count=1000 conv=fsync 2> /dev/null`);
    const writer = await LabWriter.start(owner, mirror.file, { sync: false });
    await writer.progress(200);
    await provider.cutLink();
    await events.waitFor(pathFailed);
    await waits(writer);
    const before = writer.acknowledged;
    await owner.must(`xfs_io -x -c shutdown ${mirror.mount}`);
    await release();
    await writer.ended();
    expect(writer).toMatchObject({ acknowledged: before, errno: 5 });
    await owner.must(`umount ${mirror.mount} && mdadm --quiet --stop ${mirror.device}`);
  });

  it('tells nobody when the writer was killed first', async () => {
    const writer = await LabWriter.start(owner, mirror.device, { sync: false });
    await writer.progress(200);
    await provider.cutLink();
    await events.waitFor(pathFailed);
    await waits(writer);
    const before = writer.acknowledged;
    await writer.kill({ wait: false });
    await release();
    await writer.ended();
    expect(writer.acknowledged).toBe(before);
    expect(await checkOtherHalf(writer)).toMatchObject({ bad: 0 });
  });
});

describe('md with a data offset of 4 MiB and a bitmap', () => {
  const create = (members: string, options: string) => `
    printf 'label: gpt\\nsize=100MiB\\nsize=100MiB\\nsize=100MiB\\nsize=100MiB\\n' | sfdisk -q ${provider.drives[0]!.path}
    udevadm settle
    mdadm --quiet --create /dev/md126 --run --assume-clean ${options} --bitmap=internal --metadata=1.2 \\
      --data-offset=4M ${members} 2> /dev/null
    echo $(( $(cat /sys/block/md126/md/component_size) / 1024 )) $(blockdev --getsize64 /dev/md126)`;
  const part = (number: number) => `${provider.drives[0]!.path}-part${number}`;
  const MiB = 1024 * 1024;

  it.each([
    ['RAID1', 2, '--level=1 --raid-devices=2', 96 * MiB],
    ['RAID10', 4, '--level=10 --raid-devices=4 --layout=n2 --chunk=64', 192 * MiB],
  ])('leaves all but that of each member of a %s', async (_, count, options, size) => {
    await half.tearDown();
    const members = Array.from({ length: count }, (_, i) => part(i + 1)).join(' ');
    expect(await provider.must(create(members, options))).toBe(`96 ${size}`);
  });
});

const watchDegraded = `
  const { watch, readFileSync } = require('node:fs');
  const file = '/sys/block/md127/md/degraded';
  watch(file, () => console.log('degraded', readFileSync(file, 'utf8')));
  console.log('watching');`;
