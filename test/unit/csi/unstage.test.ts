import { volumes } from '../../../src/api/resources';
import { NodeWorld } from '../../support/csi/node-world';
import { block, create, publish, stage, stagingPath, targetPath } from '../../support/csi/requests';
import { outcome } from '../../support/csi/world';

const staging = (world: NodeWorld, changes = {}, ms?: number) =>
  outcome(world.n1.nodeStageVolume(stage(changes), world.call(ms)));

const unstaging = (world: NodeWorld, changes: object = {}, ms?: number) =>
  outcome(
    world.n1.nodeUnstageVolume({ volumeId: 'pvc-1', stagingTargetPath: stagingPath, ...changes }, world.call(ms)),
  );

describe('NodeUnstageVolume', () => {
  it('unmounts, releases the epoch, and answers when the array is stopped', async () => {
    const world = await NodeWorld.attached();
    await staging(world);
    expect(await unstaging(world)).toBe('OK');
    expect(world.host.mounts.size).toBe(0);
    expect(world.volume('pvc-1')).toMatchObject({
      spec: { releasedEpoch: 1 },
      status: { array: { state: 'Stopped' } },
    });
  });

  it('succeeds again, and before anything was staged', async () => {
    const world = await NodeWorld.attached();
    expect([await unstaging(world), await unstaging(world)]).toEqual(['OK', 'OK']);
  });

  it('releases the epoch also when its array was not started yet', async () => {
    const world = await NodeWorld.attached();
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.array!.state = 'Stopped'));
    expect(await unstaging(world)).toBe('OK');
    expect(world.volume('pvc-1').spec.releasedEpoch).toBe(1);
  });

  it('does not believe a cache that shows the array stopped as it was before', async () => {
    const world = await NodeWorld.attached();
    await unstaging(world);
    const release = world.kube.hold();
    world.kube.edit(volumes, 'pvc-1', ({ spec, status }) => {
      delete spec.releasedEpoch;
      status!.array!.state = 'Running';
    });
    world.cluster.paused.arrays = true;
    const answer = unstaging(world, {}, 20_000);
    await world.clock.settle();
    release();
    await world.clock.advance(20_000);
    expect(await answer).toMatch(/^ABORTED/);
  });

  it('refuses while the volume is published, and lists where', async () => {
    const world = await NodeWorld.attached();
    await staging(world);
    await world.n1.nodePublishVolume(publish(), world.call());
    await world.n1.nodePublishVolume(publish({ targetPath: targetPath('b') }), world.call());
    expect(await unstaging(world)).toBe(
      `FAILED_PRECONDITION: volume pvc-1 is still published at ${targetPath('a')}, ${targetPath('b')}`,
    );
    expect(world.host.mounts.has(stagingPath)).toBe(true);
    expect(world.volume('pvc-1').spec.releasedEpoch).toBeUndefined();
  });

  it('refuses while a block volume is published', async () => {
    const world = await NodeWorld.attached(block());
    await staging(world, { volumeCapability: block() });
    await world.n1.nodePublishVolume(publish({ volumeCapability: block() }), world.call());
    expect(await unstaging(world)).toMatch(/^FAILED_PRECONDITION: .* still published at/);
  });

  it('unmounts a volume that is deleted already', async () => {
    const world = await NodeWorld.attached();
    await staging(world);
    world.kube.edit(volumes, 'pvc-1', ({ metadata }) => {
      Object.assign(metadata, { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [] });
    });
    expect(world.kube.peek(volumes, 'pvc-1')).toBeUndefined();
    expect(await unstaging(world)).toBe('OK');
    expect(world.host.mounts.size).toBe(0);
  });

  it('unmounts while the API server is away, and has the release repeated', async () => {
    const world = await NodeWorld.attached();
    await staging(world);
    world.kube.before = () => {
      throw new Error('connect ECONNREFUSED');
    };
    expect(await unstaging(world)).toMatch(/^UNAVAILABLE: the API server did not answer/);
    expect(world.host.mounts.size).toBe(0);
    world.kube.before = () => undefined;
    expect(await unstaging(world)).toBe('OK');
    expect(world.volume('pvc-1').spec.releasedEpoch).toBe(1);
  });

  it('releases nothing when another node owns the volume', async () => {
    const world = await NodeWorld.attached();
    world.cluster.paused.ownership = true;
    world.kube.edit(
      volumes,
      'pvc-1',
      ({ status }) => (status!.owner = { nodeName: 'n2', epoch: 2, purpose: 'Attach' }),
    );
    expect(await unstaging(world)).toBe('OK');
    expect(world.volume('pvc-1').spec.releasedEpoch).toBeUndefined();
  });

  it('lets an array that is only being built here go on', async () => {
    const world = new NodeWorld();
    await world.controller.createVolume(create(), world.call());
    await world.clock.settle();
    expect(await unstaging(world)).toBe('OK');
    expect(world.volume('pvc-1').spec.releasedEpoch).toBeUndefined();
    expect(world.volume('pvc-1').status!.array!.state).toBe('Running');
  });

  it('is ABORTED, and says why, while the array does not stop', async () => {
    const world = await NodeWorld.attached();
    await staging(world);
    world.cluster.paused.arrays = true;
    const answer = unstaging(world, {}, 20_000);
    await world.clock.advance(20_000);
    expect(await answer).toBe('ABORTED: volume pvc-1: still waiting: its array has not stopped on node n1: Running');
    world.kube.calls.length = 0;
    world.cluster.paused.arrays = false;
    world.cluster.wake('pvc-1');
    expect(await unstaging(world)).toBe('OK');
    expect(world.kube.calls.map(({ verb }) => verb)).not.toContain('patch');
  });

  it('is done as soon as the volume has another owner, which this node does not see by watching', async () => {
    const world = await NodeWorld.attached();
    await staging(world);
    world.cluster.paused.arrays = true;
    let hidden = false;
    const { volumes: all, changes } = world.caches;
    const cache = { volumes: { ...all, get: (name: string) => (hidden ? undefined : all.get(name)) }, changes };
    const node = world.node('n1', cache);
    let done = false;
    const answer = outcome(
      node.nodeUnstageVolume({ volumeId: 'pvc-1', stagingTargetPath: stagingPath }, world.call()),
    ).finally(() => (done = true));
    await world.clock.settle();
    hidden = true;
    changes.changed('pvc-1');
    await world.clock.settle();
    expect(done).toBe(false);
    world.kube.edit(
      volumes,
      'pvc-1',
      ({ status }) => (status!.owner = { nodeName: 'n2', epoch: 2, purpose: 'Attach' }),
    );
    expect(await answer).toBe('OK');
  });

  it.each([
    [{ volumeId: '' }, 'INVALID_ARGUMENT: volume_id is missing'],
    [{ stagingTargetPath: '' }, 'INVALID_ARGUMENT: staging_target_path is missing'],
    [{ stagingTargetPath: 'x' }, 'INVALID_ARGUMENT: staging_target_path "x" is not absolute'],
    [{ volumeId: 'pvc-9' }, 'OK'],
    [{ volumeId: '../../etc' }, 'OK'],
  ])('answers %j with %s', async (changes, words) => {
    expect(await unstaging(await NodeWorld.attached(), changes)).toBe(words);
  });

  it('answers ABORTED while another call for the volume is in progress', async () => {
    const world = await NodeWorld.attached();
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.array!.state = 'Stopped'));
    const first = staging(world, {}, 20_000);
    expect(await unstaging(world)).toBe('ABORTED: an operation on volume pvc-1 is in progress');
    await world.clock.advance(20_000);
    expect(await first).toMatch(/^UNAVAILABLE/);
  });
});
