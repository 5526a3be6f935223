import { suiteNodes } from '../../support/cluster/virtual-world';
import { useRelocation } from './story';

jest.setTimeout(120_000);

/** Two copies of two drives each, and a third drive on each node that one of them can be followed by. */
const drive = suiteNodes().node1!.drives![0]!;
const node = { drives: [drive, drive, drive] };
const nodes = { node1: node, node2: node, node3: node };
const story = useRelocation({ nodes });
const { user, world, seen, copiesOf, settledOn, outcomes, write, expectWritten } = story;

async function inUse(): Promise<{ claim: string; pod: string; provider: string }> {
  const storageClass = await user().class({ parameters: { drivesPerCopy: '2' } });
  const claim = await user().claim({ storageClass });
  const pod = await user().runningPod(claim, { node: 'node1' });
  await user().synced(claim);
  await story.edit(claim, { memberMissingTimeout: 120 });
  for (const at of [1, 2, 3]) await write(pod, at);
  return { claim, pod, provider: (await copiesOf(claim)).find((name) => name !== 'node1')! };
}

/** The halves of each mirror are on different nodes, and there are two. */
async function expectMirrored(claim: string): Promise<void> {
  const { metadata } = await user().volumeOf(claim);
  const [array] = await world().done(world().arraysOf(metadata.uid!));
  expect(array).toMatchObject({ level: 'raid10', raidDevices: 4 });
  const [a, b, c, d] = array!.nodes;
  expect([new Set([a, b]).size, new Set([c, d]).size]).toEqual([2, 2]);
}

describe('a striped volume', () => {
  it('follows its pod as a whole', async () => {
    const { claim, pod, provider } = await inUse();
    const bare = await story.nodeWithout(claim);
    await user().deletePod(pod);
    const next = await user().runningPod(claim, { node: bare });
    await write(next, 4);
    await settledOn(claim, bare, provider);
    expect(await outcomes()).toEqual(['ConsumerDrain Completed']);
    await expectMirrored(claim);
    await expectWritten(next, 1, 2, 3, 4);
  });

  it('has a lost drive replaced by another of the same node, and the rest of the copy stays', async () => {
    const { claim, pod, provider } = await inUse();
    const { partitions } = await world().done(seen(claim));
    const lost = partitions.find(({ spec }) => spec.nodeName === provider)!;
    world().machine(provider).pullDrive(lost.spec.deviceID);
    await write(pod, 4);
    await world().eventually('the drive to be replaced', async () => {
      const { volume } = await seen(claim);
      const names = volume.status?.inSync?.map(({ partitionUUID }) => partitionUUID) ?? [];
      return names.length === 4 && !names.includes(lost.spec.partitionUUID);
    });
    expect(await outcomes()).toEqual(['MemberMissing Completed']);
    expect(await copiesOf(claim)).toEqual(['node1', provider].sort());
    await expectMirrored(claim);
    world().machine(provider).returnDrive(lost.spec.deviceID);
    await settledOn(claim, 'node1', provider);
    await expectWritten(pod, 1, 2, 3, 4);
  });

  it('leaves a drive that is to be emptied for another of the same node', async () => {
    const { claim, pod, provider } = await inUse();
    const { partitions } = await world().done(seen(claim));
    const [emptied] = partitions.filter(({ spec }) => spec.nodeName === provider);
    const name = `${provider}-${emptied!.spec.device}`;
    await story.editDrive(name, { evacuate: true });
    await world().eventually('the drive to be empty', async () =>
      (await seen(claim)).partitions.every(({ spec }) => spec.deviceID !== emptied!.spec.deviceID),
    );
    await settledOn(claim, 'node1', provider);
    expect(await outcomes()).toEqual(['Evacuation Completed']);
    await expectMirrored(claim);
    await expectWritten(pod, 1, 2, 3);
    await story.editDrive(name, { evacuate: false });
  });
});
