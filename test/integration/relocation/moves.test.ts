import type { MeshStorMigration, MeshStorVolume } from '../../../src/api/model';
import { conditionOf } from '../../../src/api/volume';
import { migrations, volumes } from '../../../src/api/resources';
import { eventsOf, History } from '../suite/follow';
import { useRelocation } from './story';

jest.setTimeout(120_000);

const story = useRelocation();
const { user, world, seen, copiesOf, edit, editDrive, editMove, settledOn, moves, outcomes, write, expectWritten } =
  story;
const { nodeWithout } = story;

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
    const bare = await nodeWithout(claim);
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
    const bare = await nodeWithout(claim);
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
    const target = await nodeWithout(claim);
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
    await editDrive(drive, { evacuate: true });
    await world().eventually('the drive to be empty', async () => {
      const { partitions: all } = await seen(claim);
      return all.every(({ spec }) => spec.deviceID !== remote!.spec.deviceID);
    });
    await user().synced(claim);
    await expectWritten(pod, 1);
    await editDrive(drive, { evacuate: false });
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
    const target = await nodeWithout(claim);
    await edit(claim, { placement: [{ nodeName: 'node1' }, { nodeName: target }] });
    const begun = await world().eventually('the copy to be under way', async () => {
      return (await world().kube.list(migrations)).items.find(({ status }) => (status?.bytesDone ?? 0) > 0);
    });
    await editMove(begun.metadata.name, { paused: true });
    await world().pass(30_000);
    await write(pod, 1);
    await world().pass(600_000);
    expect(await outcomes()).toEqual(['User Paused']);
    expect((await user().volumeOf(claim)).status?.inSync).toHaveLength(2);
    expect((await copiesOf(claim)).sort()).toEqual([...copies, target].sort());
    await editMove(begun.metadata.name, { paused: false });
    await settledOn(claim, 'node1', target);
    expect(await outcomes()).toEqual(['User Completed']);
    await expectWritten(pod, 1);
  });
});

describe('more copies, asked for while one is being moved', () => {
  it('are there in the end, and nothing is stuck', async () => {
    const storageClass = await user().class({ parameters: { numberOfCopies: '1' } });
    const claim = await user().claim({ storageClass });
    const pod = await user().runningPod(claim, { node: 'node1' });
    await user().synced(claim);
    await write(pod, 1);
    await edit(claim, { placement: [{ nodeName: 'node2' }] });
    await world().eventually('the copy to be under way', async () => {
      return (await world().kube.list(migrations)).items.find(({ status }) => (status?.bytesDone ?? 0) > 0);
    });
    await edit(claim, { numberOfCopies: 2 });
    await settledOn(claim, 'node1', 'node2');
    expect((await user().volumeOf(claim)).status?.ready).toBe('2/2');
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
    const target = await nodeWithout(claim);
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
    await editMove(made.name, { cancelled: true });
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
