import type { MeshStorMigration, MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { migrations, nodeDevices, partitions, volumes } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { claims } from '../../../src/sim/kubernetes/kinds';
import { VirtualWorld, suiteNodes } from '../../support/cluster/virtual-world';
import { eventsOf, History } from '../suite/follow';
import { useWorld } from '../suite/use';

jest.setTimeout(120_000);

const fourth = { node4: suiteNodes().node3! };
const user = useWorld(() => VirtualWorld.start({ nodes: { ...suiteNodes(), ...fourth } }));
const { world } = user;

/** Volume and partitions as they are now; for what is looked at again and again. */
async function seen(
  claim: string,
): Promise<{ volume: MeshStorVolume; partitions: MeshStorPartition[]; nodes: string[] }> {
  const { kube } = world();
  const object = await kube.get(claims, claim, 'default');
  const volume = await kube.get(volumes, `pvc-${object!.metadata.uid}`);
  const all = (await kube.list(partitions)).items.filter(({ spec }) => spec.volumeUID === volume!.metadata.uid);
  return { volume: volume!, partitions: all, nodes: all.map(({ spec }) => spec.nodeName).sort() };
}
const copiesOf = async (claim: string): Promise<string[]> => (await world().done(seen(claim))).nodes;
const edit = async (claim: string, spec: object): Promise<void> => {
  const { metadata } = await user().volumeOf(claim);
  await world().done(world().kube.patch(volumes, metadata.name, { spec }, { fieldManager: 'somebody' }));
};
/** The volume whole again, on exactly these nodes, and nothing on its way. */
const settledOn = (claim: string, ...wanted: string[]): Promise<MeshStorVolume> =>
  world().eventually(`${claim} to be whole on ${wanted.join(', ')}`, async () => {
    const { volume, nodes } = await seen(claim);
    const whole = volume.status?.phase === 'Synced' && volume.status.mdState === 'active';
    return whole && nodes.join() === [...wanted].sort().join() && volume;
  });
const moves = async (): Promise<MeshStorMigration[]> => (await world().done(world().kube.list(migrations))).items;
const outcomes = async (): Promise<string[]> =>
  (await moves()).map(({ spec, status }) => `${spec.reason} ${status?.phase}`);
const expectWritten = async (pod: string, ...places: number[]): Promise<void> => {
  for (const at of places) expect(await world().volume(pod).read(at)).toBe(`at ${at}`);
};
const write = (pod: string, at: number): Promise<void> => world().volume(pod).write(at, `at ${at}`);

describe('a volume whose pod was drained to a node without a copy', () => {
  it.each([1, 2, 3])('with %d copies has one there in the end, and as many as before', async (copies) => {
    const storageClass = await user().class({ parameters: { numberOfCopies: String(copies) } });
    const claim = await user().claim({ storageClass });
    const first = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    const before = await copiesOf(claim);
    expect(before).toContain('node1');
    await write(first, 1);
    await user().deletePod(first);
    const bare = ['node2', 'node3', 'node4'].find((node) => !before.includes(node))!;
    const rows = await new History(
      world(),
      volumes,
      ({ status }: MeshStorVolume) => status?.phase && `${status.phase} ${status.mdState ?? ''} ${status.ready ?? ''}`,
    ).start();
    const pod = await user().runningPod(claim, { node: bare });
    await write(pod, 2);
    await settledOn(claim, bare, ...before.filter((node) => node !== 'node1'));
    await expectWritten(pod, 1, 2);
    expect(await outcomes()).toEqual(['ConsumerDrain Completed']);
    const seen = rows.stop();
    expect(seen.some((row) => row.startsWith('Replacing'))).toBe(true);
    // Never fewer members in sync than there are to be.
    const ready = seen.flatMap((row) => /(\d)\/(\d)$/.exec(row)?.slice(1) ?? []);
    expect(new Set(ready)).toEqual(new Set([String(copies)]));
  });

  it('stays as it is where its copies are not to follow the consumer', async () => {
    const claim = await user().claim();
    const first = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    const before = await copiesOf(claim);
    await edit(claim, { followConsumer: false });
    await user().deletePod(first);
    const bare = ['node2', 'node3', 'node4'].find((node) => !before.includes(node))!;
    await user().runningPod(claim, { node: bare });
    await world().pass(60_000);
    expect([await copiesOf(claim), await moves()]).toEqual([before, []]);
  });
});

describe('the number of copies', () => {
  it('is raised and lowered, one by one, and never below what is wanted', async () => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    const { metadata } = await user().synced(claim);
    await write(pod, 1);
    await edit(claim, { numberOfCopies: 3 });
    await world().eventually('three copies', async () => (await seen(claim)).nodes.length === 3);
    await settledOn(claim, ...(await copiesOf(claim)));
    expect((await user().volumeOf(claim)).status?.ready).toBe('3/3');
    await write(pod, 2);
    await edit(claim, { numberOfCopies: 1 });
    await settledOn(claim, 'node1');
    await expectWritten(pod, 1, 2);
    expect(await eventsOf(world(), metadata.name)).toEqual(
      expect.arrayContaining(['Normal ScalingVolumeReplicas', 'Warning ScalingVolumeReplicas']),
    );
  });
});

describe('a copy', () => {
  it('goes where the volume is edited to have it, in one edit', async () => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    await write(pod, 1);
    const [, other] = await copiesOf(claim);
    const target = ['node2', 'node3', 'node4'].find((node) => node !== other)!;
    await edit(claim, { placement: [{ nodeName: 'node1' }, { nodeName: target }] });
    await settledOn(claim, 'node1', target);
    await expectWritten(pod, 1);
  });

  it('leaves a drive that is to be emptied', async () => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    const volume = await user().synced(claim);
    await write(pod, 1);
    const [, remote] = await user().partitionsOf(volume);
    const drive = `${remote!.spec.nodeName}-${remote!.spec.device}`;
    await world().done(
      world().kube.patch(nodeDevices, drive, { spec: { evacuate: true } }, { fieldManager: 'somebody' }),
    );
    await world().eventually('the drive to be empty', async () => {
      const { partitions: all } = await seen(claim);
      return all.every(({ spec }) => spec.deviceID !== remote!.spec.deviceID);
    });
    await user().synced(claim);
    await expectWritten(pod, 1);
    await world().done(
      world().kube.patch(nodeDevices, drive, { spec: { evacuate: false } }, { fieldManager: 'somebody' }),
    );
  });

  it('that somebody asks to move where it cannot be stays, and the reason is told', async () => {
    const claim = await user().claim();
    await user().runningPod(claim, { node: 'node1' });
    const { metadata } = await user().synced(claim);
    const wish: MeshStorMigration = {
      apiVersion: 'csi.meshstor.io/v1alpha1',
      kind: 'MeshStorMigration',
      metadata: { name: 'wish' },
      spec: {
        ...{
          volumeName: metadata.name,
          type: 'Member',
          reason: 'User',
          paused: false,
          cancelled: false,
          dryRun: false,
        },
        source: { nodeName: 'node1' },
        target: { nodeName: 'node9' },
      },
    };
    await world().done(world().kube.create(migrations, wish, { fieldManager: 'somebody' }));
    const refused = await world().eventually('the wish to be refused', async () => {
      const seen = await world().kube.get(migrations, 'wish');
      return seen?.status?.phase === 'Failed' && seen;
    });
    expect(refused.status?.conditions?.[0]?.message).toContain('node9: has no drive known to MeshStor');
    await world().done(world().kube.delete(migrations, 'wish'));
  });
});

describe('a move that somebody pauses', () => {
  it('stays where it is, takes part in every write, and goes on from there', async () => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    const copies = await copiesOf(claim);
    const target = ['node2', 'node3', 'node4'].find((node) => !copies.includes(node))!;
    await edit(claim, { placement: [{ nodeName: 'node1' }, { nodeName: target }] });
    const begun = await world().eventually('the copy to be under way', async () => {
      return (await world().kube.list(migrations)).items.find(({ status }) => (status?.bytesDone ?? 0) > 0);
    });
    const patch = (spec: object) =>
      world().done(world().kube.patch(migrations, begun.metadata.name, { spec }, { fieldManager: 'somebody' }));
    await patch({ paused: true });
    await world().pass(30_000);
    await write(pod, 1);
    await world().pass(600_000);
    expect(await outcomes()).toEqual(['User Paused']);
    expect((await user().volumeOf(claim)).status?.inSync).toHaveLength(2);
    expect((await copiesOf(claim)).sort()).toEqual([...copies, target].sort());
    await patch({ paused: false });
    await settledOn(claim, 'node1', target);
    expect(await outcomes()).toEqual(['User Completed']);
    await expectWritten(pod, 1);
  });
});

describe('a place in the volume that cannot be', () => {
  it('is refused once, shows in the volume, and gives way to another', async () => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    const { metadata } = await user().synced(claim);
    await write(pod, 1);
    await edit(claim, { placement: [{ nodeName: 'node1' }, { nodeName: 'node9' }] });
    const refused = await user().volume(claim, 'refused', ({ status }) =>
      (status?.conditions ?? []).some(({ type, status: is }) => type === 'SpecApplied' && is === 'False'),
    );
    const { reason, message } = conditionOf(refused, 'SpecApplied')!;
    expect([reason, message]).toEqual([
      'InvalidTarget',
      expect.stringMatching(/node9: has no drive known to MeshStor.*Delete MeshStorMigration pvc-\S+\.1/),
    ]);
    await world().pass(600_000);
    expect(await outcomes()).toEqual(['User Failed']);
    expect((await eventsOf(world(), `${metadata.name}.1`)).length).toBeLessThan(3);
    const copies = await copiesOf(claim);
    const target = ['node2', 'node3', 'node4'].find((node) => !copies.includes(node))!;
    await edit(claim, { placement: [{ nodeName: 'node1' }, { nodeName: target }] });
    await settledOn(claim, 'node1', target);
    expect(conditionOf(await user().volumeOf(claim), 'SpecApplied')?.status).toBe('True');
    await expectWritten(pod, 1);
  });
});

describe('a move of MeshStor’s own that somebody cancels', () => {
  it('is not made again until its object is deleted', async () => {
    const storageClass = await user().class({ parameters: { numberOfCopies: '1' } });
    const claim = await user().claim({ storageClass });
    const pod = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    await write(pod, 1);
    world().cluster.world.cutLink('node1', 'node2');
    await edit(claim, { placement: [{ nodeName: 'node2' }] });
    const { metadata: made } = await world().eventually('the move to begin', async () => {
      return (await world().kube.list(migrations)).items.find(({ status }) => status?.phase === 'Preparing');
    });
    await world().done(
      world().kube.patch(migrations, made.name, { spec: { cancelled: true } }, { fieldManager: 'somebody' }),
    );
    world().cluster.world.healLink('node1', 'node2');
    await world().pass(600_000);
    expect(await outcomes()).toEqual(['User Cancelled']);
    expect(conditionOf(await user().volumeOf(claim), 'SpecApplied')?.reason).toBe('Cancelled');
    await settledOn(claim, 'node1');
    await world().done(world().kube.delete(migrations, made.name));
    await settledOn(claim, 'node2');
    await expectWritten(pod, 1);
  });
});

describe('a node that provides a copy and is silent', () => {
  const providerOf = async (claim: string) => (await copiesOf(claim)).find((node) => node !== 'node1')!;
  const cut = (node: string) => {
    world().cluster.node(node).process.kill();
    world().machine(node).powerCut();
  };
  const back = async (node: string) => {
    world().machine(node).boot();
    await world().done(world().cluster.node(node).process.start());
  };

  it('within its time is taken back, and only what changed is copied', async () => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    await write(pod, 1);
    const provider = await providerOf(claim);
    for (const other of ['node1', 'node2', 'node3', 'node4'])
      if (other !== provider) world().cluster.world.cutLink(provider, other);
    await write(pod, 2);
    await user().volume(claim, 'degraded', ({ status }) => status?.inSync?.length === 1);
    expect((await user().volumeOf(claim)).status?.departed).toHaveLength(1);
    for (const other of ['node1', 'node2', 'node3', 'node4'])
      if (other !== provider) world().cluster.world.healLink(provider, other);
    await settledOn(claim, 'node1', provider);
    await expectWritten(pod, 1, 2);
    expect(await moves()).toEqual([]);
  });

  it('for longer is replaced, and has nothing left when it comes back', async () => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    await write(pod, 1);
    const provider = await providerOf(claim);
    cut(provider);
    await write(pod, 2);
    await world().pass(600_000);
    expect(await moves()).toEqual([]);
    const replaced = await world().eventually('the copy to be replaced', async () => {
      const { volume } = await seen(claim);
      return volume.status?.inSync?.length === 2 && volume;
    });
    expect(replaced.status?.inSync).toHaveLength(2);
    expect(await outcomes()).toEqual(['MemberMissing Completed']);
    await back(provider);
    await world().eventually(
      'its old partition to be erased',
      async () => !(await seen(claim)).nodes.includes(provider),
    );
    await expectWritten(pod, 1, 2);
  });
});
