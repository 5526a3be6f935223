import type { SuiteUser } from './lab-world';
import { checkedBlocks } from './blocks';

/** The smallest volume there is. */
export const smallest = '512Mi';
const smallestBytes = 512 * 1024 ** 2;
const blockCount = 2048;
const everyBlock = Array.from({ length: blockCount }, (_, number) => number);

/** Where a volume's bytes are, below every layer, and that nobody else ever sees them. */
export function describeData(user: SuiteUser): void {
  it('has on both drives what its pod wrote, and the next volume in the same place reads zeroes', async () => {
    const world = user.world();
    const claim = await user().claim({ size: smallest });
    const pod = await user().runningPod(claim);
    const volume = await user().synced(claim);
    const { node, path } = await world.place(pod);
    const device = await node.must(`stat --dereference --format %Hr:%Lr /dev/mapper/meshstor-${volume.metadata.name}`);
    expect(await node.must(`findmnt --noheadings --raw --output FSTYPE,MAJ:MIN '${path}'`)).toBe(`xfs ${device}`);
    const stdin = checkedBlocks('first owner', blockCount);
    await node.must(`cat > '${path}/data'; sync '${path}/data'`, { stdin });

    const halves = await user().extentsOf(volume);
    expect(new Set(halves.map((half) => half.node)).size).toBe(2);
    for (const half of halves) expect(await world.media.blocks(half, 'first owner')).toEqual(everyBlock);

    await user().deletePod(pod);
    await user().deleteClaim(claim);
    expect(await world.traces()).toEqual([]);
    for (const half of halves) expect(await world.isBlank(half)).toBe(true);

    const next = await user().claim({ size: smallest, block: true });
    const reader = await world.place(await user().runningPod(next, { node: node.name, block: true }));
    expect(await user().extentsOf(await user().synced(next))).toEqual(halves);
    expect(await reader.node.must(`blockdev --getsize64 '${reader.path}'`)).toBe(String(smallestBytes));
    const compare = `cmp --bytes ${smallestBytes} '${reader.path}' /dev/zero && echo zeroes`;
    expect(await reader.node.must(compare, { timeoutMs: 300_000 })).toBe('zeroes');
  });

  it('of one copy is a mirror whose other slot was never filled, and counts as whole', async () => {
    const world = user.world();
    const storageClass = await user().class({ parameters: { numberOfCopies: '1' } });
    const claim = await user().claim({ size: smallest, storageClass });
    const pod = await user().runningPod(claim);
    const { metadata, status } = await user().synced(claim);
    expect(status).toMatchObject({ ready: '1/1', degradedDevices: 0, missingDevices: 0, activeDevices: 1 });
    const node = status!.nodeName!;
    expect(await world.arraysOf(metadata.uid!)).toMatchObject([
      { node, level: 'raid1', raidDevices: 2, nodes: [node, undefined] },
    ]);
    expect(await world.exportsOf(metadata.uid!)).toEqual([]);
    await world.volume(pod).write(1, 'alone');
    expect(await world.volume(pod).read(1)).toBe('alone');
  });
}
