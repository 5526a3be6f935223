import { conditionTypes } from '../../../src/api/conditions';
import type { MeshStorVolume } from '../../../src/api/model';
import { nodeDevices } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { eventsOf } from '../suite/follow';
import { useRelocation } from './story';

jest.setTimeout(120_000);

const story = useRelocation();
const { user, world, seen, copiesOf, settledOn, moves, outcomes, write, expectWritten, cut, back } = story;
const minutes = 60_000;
/** Seconds after which a member is replaced here. */
const memberMissingTimeout = 300;

/** A pod on node1 that has written, and the other node with a copy. */
async function inUse(): Promise<{ claim: string; pod: string; provider: string }> {
  const claim = await user().claim();
  const pod = await user().runningPod(claim, { node: 'node1' });
  await user().synced(claim);
  await story.edit(claim, { memberMissingTimeout });
  await write(pod, 1);
  return { claim, pod, provider: (await copiesOf(claim)).find((node) => node !== 'node1')! };
}

const inSync = (volume: MeshStorVolume): number => volume.status?.inSync?.length ?? 0;
const degraded = (claim: string) => user().volume(claim, 'degraded', (volume) => inSync(volume) === 1);
const blocked = async (claim: string) => conditionOf(await user().volumeOf(claim), conditionTypes.replacementBlocked);
const replaced = (claim: string) => user().volume(claim, 'whole again', (volume) => inSync(volume) === 2);
const drivesOf = async (node: string): Promise<string[]> => {
  const { items } = await world().done(world().kube.list(nodeDevices));
  return items.filter(({ spec }) => spec.node === node).map(({ metadata }) => metadata.name);
};
const edit = async (nodes: readonly string[], spec: object): Promise<void> => {
  for (const node of nodes) for (const drive of await drivesOf(node)) await story.editDrive(drive, spec);
};

describe('a node that provides a copy and is silent', () => {
  it('within its time is taken back, and only what changed is copied', async () => {
    const { claim, pod, provider } = await inUse();
    story.cutLinks(provider);
    await write(pod, 2);
    await degraded(claim);
    expect((await user().volumeOf(claim)).status?.departed).toHaveLength(1);
    story.healLinks(provider);
    await settledOn(claim, 'node1', provider);
    await expectWritten(pod, 1, 2);
    expect(await moves()).toEqual([]);
  });

  it('for longer is replaced, and has nothing left when it comes back', async () => {
    const { claim, pod, provider } = await inUse();
    cut(provider);
    await write(pod, 2);
    await world().pass(4 * minutes);
    expect(await moves()).toEqual([]);
    await replaced(claim);
    expect(await outcomes()).toEqual(['MemberMissing Completed']);
    await back(provider);
    await world().eventually(
      'its old partition to be erased',
      async () => !(await seen(claim)).nodes.includes(provider),
    );
    await expectWritten(pod, 1, 2);
  });

  it('for the consumer only, and for longer, is replaced, and gives its old copy back', async () => {
    const { claim, pod, provider } = await inUse();
    story.cutLinks(provider);
    await write(pod, 2);
    await world().pass(4 * minutes);
    expect(await moves()).toEqual([]);
    await replaced(claim);
    expect(await outcomes()).toEqual(['MemberMissing Completed']);
    await world().eventually('its old partition to go', async () => !(await seen(claim)).nodes.includes(provider));
    story.healLinks(provider);
    await expectWritten(pod, 1, 2);
  });

  it('is not replaced while it is in maintenance, and the volume says for how long', async () => {
    const { claim, pod, provider } = await inUse();
    const until = new Date(world().clock.now() + 20 * minutes).toISOString().replace(/\.\d+Z/, 'Z');
    await edit([provider], { maintenanceUntil: until });
    cut(provider);
    await write(pod, 2);
    await world().pass(10 * minutes);
    expect(await moves()).toEqual([]);
    expect(await blocked(claim)).toMatchObject({ status: 'True', reason: 'Maintenance' });
    await world().pass(11 * minutes);
    await replaced(claim);
    await back(provider);
    await edit([provider], { maintenanceUntil: null });
    await world().eventually('its old partition to go', async () => !(await seen(claim)).nodes.includes(provider));
    await expectWritten(pod, 1, 2);
  });

  it('is not replaced while more than a third of all nodes are silent with it', async () => {
    const { claim, pod, provider } = await inUse();
    const another = await story.nodeWithout(claim);
    cut(provider);
    cut(another);
    await write(pod, 2);
    await world().pass(20 * minutes);
    expect(await moves()).toEqual([]);
    expect(await blocked(claim)).toMatchObject({ status: 'True', reason: 'ManyNodesSilent' });
    await back(another);
    await replaced(claim);
    expect(await blocked(claim)).toBeUndefined();
    await back(provider);
    await world().eventually('its old partition to go', async () => !(await seen(claim)).nodes.includes(provider));
    await expectWritten(pod, 1, 2);
  });

  it('is not replaced where no other node can take its copy, and the volume says what each one lacks', async () => {
    const { claim, pod, provider } = await inUse();
    const others = world().nodes.filter((node) => node !== 'node1' && node !== provider);
    await edit(others, { cordoned: true });
    cut(provider);
    await write(pod, 2);
    await degraded(claim);
    await world().pass(10 * minutes);
    const { status, reason, message } = (await blocked(claim))!;
    expect([status, reason]).toEqual(['True', 'NoCandidate']);
    expect(message).toContain('node1: nvme0n1 hosts a copy of this volume already');
    expect(message).toContain(`${provider}: nvme0n1 was last heard of`);
    for (const node of others) expect(message).toContain(`${node}: nvme0n1 is cordoned`);
    expect(await outcomes()).toEqual(['MemberMissing Pending']);
    const { metadata } = await user().volumeOf(claim);
    const told = (await eventsOf(world(), metadata.name)).filter((event) => event.endsWith('NoCandidate'));
    expect(told).toHaveLength(2);
    await edit(others, { cordoned: false });
    await replaced(claim);
    await back(provider);
    await world().eventually('its old partition to go', async () => !(await seen(claim)).nodes.includes(provider));
    await expectWritten(pod, 1, 2);
  });

  it('and then the node of its replacement as well: the last copy in sync stays, and another one is made', async () => {
    const { claim, pod, provider } = await inUse();
    cut(provider);
    await degraded(claim);
    await world().pass(4 * minutes);
    const target = await world().eventually('a replacement to be copied', async () => {
      const { volume, partitions } = await seen(claim);
      const recovering = volume.status?.array?.members?.find(({ state }) => state === 'Recovering');
      return partitions.find(({ spec }) => spec.partitionUUID === recovering?.partitionUUID)?.spec.nodeName;
    });
    await back(provider);
    cut(target);
    await write(pod, 2);
    await replaced(claim);
    await back(target);
    await world().eventually('two copies and no more', async () => (await seen(claim)).nodes.length === 2);
    await user().synced(claim);
    await expectWritten(pod, 1, 2);
  });
});

describe('the only copy of a volume', () => {
  it('that is away holds I/O up; the volume says so, and goes on by itself when it is back', async () => {
    const storageClass = await user().class({ parameters: { numberOfCopies: '1' } });
    const claim = await user().claim({ storageClass });
    const first = await user().runningPod(claim, { node: 'node2' });
    await story.edit(claim, { followConsumer: false, memberMissingTimeout });
    await write(first, 1);
    await user().synced(claim);
    await user().deletePod(first);
    const pod = await user().runningPod(claim, { node: 'node1' });
    expect(await copiesOf(claim)).toEqual(['node2']);
    cut('node2');
    const opened = world().cluster.enter(pod);
    let acknowledged = false;
    void opened.writeFile('held', 'up').then(() => (acknowledged = true));
    await world().pass(10 * minutes);
    expect([acknowledged, await moves()]).toEqual([false, []]);
    const ready = conditionOf(await user().volumeOf(claim), conditionTypes.arrayReady)!;
    expect([ready.status, ready.reason]).toEqual(['False', 'IOHeld']);
    expect(ready.message).toMatch(/^I\/O waits: .* on node2: /);
    expect(await blocked(claim)).toMatchObject({ status: 'True', reason: 'NoSource' });
    await back('node2');
    await world().eventually('the write to be acknowledged', async () => acknowledged);
    opened.close();
    await user().volume(claim, 'ready', (volume) => conditionOf(volume, conditionTypes.arrayReady)?.status === 'True');
    await expectWritten(pod, 1);
  });
});
