import type { MeshStorVolume } from '../../../src/api/model';
import { conditionTypes } from '../../../src/api/conditions';
import { parseExportNQN } from '../../../src/api/identity';
import { conditionOf } from '../../../src/api/volume';
import { partitions } from '../../../src/api/resources';
import { pods } from '../../../src/sim/kubernetes/kinds';
import { noteOf } from './follow';
import type { User } from './user';

/** A volume that follows its pod from node to node. */
export function describeMoves(user: () => User): void {
  const ownerOf = ({ status }: MeshStorVolume) => status!.owner!;
  const nodesOf = async (volume: MeshStorVolume) =>
    (await user().partitionsOf(volume)).map(({ spec }) => spec.nodeName);

  /** The volume when it runs on the node under this epoch, a copy has followed it, and nothing of before is left. */
  async function expectOwned(claim: string, node: string, epoch: number): Promise<void> {
    const { world } = user();
    const { metadata } = await user().volumeOf(claim);
    const uid = metadata.uid!;
    const copies = await world.eventually(`two copies of ${claim}, one of them on ${node}`, async () => {
      const all = (await world.kube.list(partitions)).items.filter(({ spec }) => spec.volumeUID === uid);
      const nodes = all.map(({ spec }) => spec.nodeName);
      return nodes.length === 2 && nodes.includes(node) && nodes;
    });
    const volume = await user().synced(claim);
    expect(volume.status).toMatchObject({ nodeName: node, owner: { nodeName: node, epoch, purpose: 'Attach' } });
    expect((await world.arraysOf(uid)).map((array) => array.node)).toEqual([node]);
    const exported = await world.exportsOf(uid);
    expect(exported.map((line) => line.split(' ')[0])).toEqual(copies.filter((each) => each !== node));
    for (const line of exported) expect(parseExportNQN(line.split(' ')[1]!)).toMatchObject({ epoch });
  }

  it('moves to the node of its other copy, to one without any, and back, with its data', async () => {
    const { world } = user();
    const claim = await user().claim();
    const [home] = world.nodes;
    const first = await user().runningPod(claim, { node: home! });
    const holders = await nodesOf(await user().synced(claim));
    expect(holders[0]).toBe(home);
    await world.volume(first).write(1, 'written at home');
    await expectOwned(claim, home!, 1);

    const bare = world.nodes.find((node) => !holders.includes(node))!;
    const way = [holders[1]!, bare, home!];
    let pod = first;
    for (const [step, node] of way.entries()) {
      await user().deletePod(pod);
      pod = await user().runningPod(claim, { node });
      await expectOwned(claim, node, step + 2);
      expect(await world.volume(pod).read(1)).toBe('written at home');
      if (step > 0) expect(await world.volume(pod).read(step + 10)).toBe(`written at stop ${step}`);
      await world.volume(pod).write(step + 11, `written at stop ${step + 1}`);
    }
  });

  it('stops its array when the last pod is gone, and says so', async () => {
    const { world } = user();
    const claim = await user().claim();
    const pod = await user().runningPod(claim);
    await user().synced(claim);
    await user().deletePod(pod);
    const volume = await user().volume(claim, 'detached', ({ status }) => status?.nodeName === undefined);
    expect(volume.status!.array).toMatchObject({ state: 'Stopped' });
    expect(await world.arraysOf(volume.metadata.uid!)).toEqual([]);
    expect(conditionOf(volume, conditionTypes.arrayReady)).toMatchObject({ status: 'False', reason: 'Stopped' });
    expect(conditionOf(volume, conditionTypes.attached)).toBeUndefined();
    expect(volume.status!.phase).toBe('Synced');
  });

  it('is shared by two pods on one node', async () => {
    const { world } = user();
    const claim = await user().claim();
    const one = await user().runningPod(claim);
    const { nodeName } = (await user().running(one)).spec;
    const two = await user().runningPod(claim, { node: nodeName! });
    await world.volume(one).write(1, 'from the first');
    expect(await world.volume(two).read(1)).toBe('from the first');
    await user().deletePod(one);
    await world.volume(two).write(2, 'from the second');
    expect(await world.volume(two).read(2)).toBe('from the second');
    await expectOwned(claim, nodeName!, 1);
  });

  it('keeps its epoch when its pod is made anew on the same node before it is detached', async () => {
    const { world } = user();
    const claim = await user().claim();
    const pod = await user().runningPod(claim);
    const { nodeName } = (await user().running(pod)).spec;
    await user().synced(claim);
    const { epoch } = ownerOf(await user().volumeOf(claim));
    await world.volume(pod).write(1, 'before');
    const next = await user().pod(claim, { node: nodeName! });
    await user().deletePod(pod);
    await user().running(next);
    expect(await world.volume(next).read(1)).toBe('before');
    await expectOwned(claim, nodeName!, epoch);
  });
}

/** Volumes that a single pod has for itself. */
export function describeSinglePod(user: () => User): void {
  it('for a single pod, is refused to a second one on the same node until the first is gone', async () => {
    const { world } = user();
    const claim = await user().claim({ accessMode: 'ReadWriteOncePod' });
    const one = await user().runningPod(claim);
    const { nodeName } = (await user().running(one)).spec;
    const two = await user().pod(claim, { node: nodeName! });
    expect(await noteOf(world, two, 'FailedMount')).toMatch(/for a single pod, and is published at/);
    expect((await world.done(world.kube.get(pods, two, 'default')))!.status?.phase).toBe('Pending');
    await world.volume(one).write(1, 'mine alone');
    await user().deletePod(one);
    await user().running(two);
    expect(await world.volume(two).read(1)).toBe('mine alone');
  });
}
