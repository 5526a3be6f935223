import { fileSystemUUID } from '../../../src/api/identity';
import { volumes } from '../../../src/api/resources';
import { HostError } from '../../../src/host/errors';
import { NodeWorld } from '../../support/csi/node-world';
import { block, create, fileSystem, stage, stagingPath } from '../../support/csi/requests';
import { outcome } from '../../support/csi/world';

const staging = (world: NodeWorld, changes = {}, ms?: number) =>
  outcome(world.n1.nodeStageVolume(stage(changes), world.call(ms)));

const unstaging = (world: NodeWorld, changes: object = {}, ms?: number) =>
  outcome(
    world.n1.nodeUnstageVolume({ volumeId: 'pvc-1', stagingTargetPath: stagingPath, ...changes }, world.call(ms)),
  );

describe('NodeStageVolume', () => {
  it("mounts the volume's own file system with the flags asked for, once the array is ready", async () => {
    const world = await NodeWorld.attached();
    const flags = fileSystem('SINGLE_NODE_WRITER', { fsType: 'xfs', mountFlags: ['noatime', 'nodiratime'] });
    expect(await staging(world, { volumeCapability: flags })).toBe('OK');
    const { uid } = world.volume('pvc-1').metadata;
    expect(world.host.mounts.get(stagingPath)).toMatchObject({
      uid,
      name: 'pvc-1',
      fileSystem: { type: 'xfs', uuid: fileSystemUUID(uid!) },
      options: ['noatime', 'nodiratime'],
    });
  });

  it('succeeds again', async () => {
    const world = await NodeWorld.attached();
    expect([await staging(world), await staging(world)]).toEqual(['OK', 'OK']);
  });

  it('mounts nothing for a block volume', async () => {
    const world = await NodeWorld.attached(block());
    expect(await staging(world, { volumeCapability: block() })).toBe('OK');
    expect(world.host.mounts.size).toBe(0);
  });

  it('refuses a volume that is attached elsewhere, and says where', async () => {
    const world = await NodeWorld.attached();
    const elsewhere = outcome(world.node('n2').nodeStageVolume(stage(), world.call()));
    expect(await elsewhere).toBe('FAILED_PRECONDITION: volume pvc-1 is attached to node n1, and cannot be used on n2');
    expect(world.host.mounts.size).toBe(0);
  });

  it('refuses a volume that is not attached', async () => {
    const world = new NodeWorld();
    await world.controller.createVolume(create(), world.call());
    expect(await staging(world)).toMatch(/^FAILED_PRECONDITION: volume pvc-1 is not attached to any node/);
  });

  it.each([
    ['an unknown volume', { volumeId: 'pvc-9' }, 'NOT_FOUND: volume pvc-9 does not exist'],
    ['no volume', { volumeId: '' }, 'INVALID_ARGUMENT: volume_id is missing'],
    ['a hostile volume', { volumeId: '../../etc' }, 'INVALID_ARGUMENT: volume_id "../../etc"'],
    ['no path', { stagingTargetPath: '' }, 'INVALID_ARGUMENT: staging_target_path is missing'],
    ['a climbing path', { stagingTargetPath: '/var/../etc' }, 'INVALID_ARGUMENT: staging_target_path "/var/../etc"'],
    ['no capability', { volumeCapability: undefined }, 'INVALID_ARGUMENT: volume_capability is missing'],
    ['another volume mode', { volumeCapability: block() }, 'INVALID_ARGUMENT: volume pvc-1 has volumeMode Filesystem'],
  ])('refuses %s', async (_, changes, words) => {
    const world = await NodeWorld.attached();
    expect(await staging(world, changes)).toContain(words);
    expect(world.host.mounts.size).toBe(0);
  });

  it('takes back that the volume was released under this epoch', async () => {
    const world = await NodeWorld.attached();
    await staging(world);
    await unstaging(world);
    expect(world.volume('pvc-1').status!.array!.state).toBe('Stopped');
    expect(await staging(world)).toBe('OK');
    expect(world.volume('pvc-1').spec.releasedEpoch).toBeUndefined();
    expect(world.volume('pvc-1').status!.array!.state).toBe('Running');
  });

  it('keeps what was released under another epoch', async () => {
    const world = await NodeWorld.attached();
    world.kube.edit(volumes, 'pvc-1', ({ spec }) => (spec.releasedEpoch = 77));
    expect(await staging(world)).toBe('OK');
    expect(world.volume('pvc-1').spec.releasedEpoch).toBe(77);
  });

  it('is UNAVAILABLE, and says why, while the array is not ready', async () => {
    const world = await NodeWorld.attached();
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => {
      Object.assign(status!.conditions![0]!, { status: 'False', message: 'pvc-1-1 on n2: connection refused' });
    });
    const answer = staging(world, {}, 20_000);
    await world.clock.advance(20_000);
    expect(await answer).toBe('UNAVAILABLE: volume pvc-1: still waiting: pvc-1-1 on n2: connection refused');
    expect(world.host.mounts.size).toBe(0);
  });

  it.each([
    ['an array of an earlier epoch', { epoch: 0, state: 'Running' }],
    ['an array that is stopped', { epoch: 1, state: 'Stopped' }],
  ] as const)('does not take %s for the one it waits for', async (_, array) => {
    const world = await NodeWorld.attached();
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => Object.assign(status!.array!, array));
    const answer = staging(world, {}, 20_000);
    await world.clock.advance(20_000);
    expect(await answer).toMatch(/^UNAVAILABLE/);
  });

  it('does not believe a cache that shows the array of before', async () => {
    const world = await NodeWorld.attached();
    await staging(world);
    const release = world.kube.hold();
    await world.kube.patch(volumes, 'pvc-1', { spec: { releasedEpoch: 1 } });
    world.cluster.paused.arrays = true;
    world.host.mounts.clear();
    const answer = staging(world, {}, 20_000);
    await world.clock.settle();
    expect(world.host.mounts.size).toBe(0);
    world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.array!.state = 'Stopped'));
    release();
    await world.clock.advance(20_000);
    expect(await answer).toMatch(/^UNAVAILABLE/);
  });

  it('does not mount an array that is to stop because the volume was released', async () => {
    const world = await NodeWorld.attached();
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.array!.state = 'Stopped'));
    const answer = staging(world, {}, 20_000);
    await world.clock.settle();
    world.kube.edit(volumes, 'pvc-1', ({ spec, status }) => {
      spec.releasedEpoch = 1;
      status!.array!.state = 'Running';
    });
    await world.clock.advance(20_000);
    expect(await answer).toMatch(/^UNAVAILABLE/);
  });

  it('ends when the volume is detached while it waits', async () => {
    const world = await NodeWorld.attached();
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.array!.state = 'Stopped'));
    const answer = staging(world);
    await world.clock.settle();
    world.kube.edit(volumes, 'pvc-1', ({ spec }) => delete spec.nodeName);
    expect(await answer).toMatch(/^FAILED_PRECONDITION: volume pvc-1 is not attached to any node/);
  });

  it.each([
    ['Foreign', 'FAILED_PRECONDITION'],
    ['Busy', 'ABORTED'],
    ['NotFound', 'UNAVAILABLE'],
    ['Unreachable', 'UNAVAILABLE'],
    ['Timeout', 'DEADLINE_EXCEEDED'],
    ['Invalid', 'FAILED_PRECONDITION'],
  ] as const)('answers a mount that fails as %s with %s and its reason', async (kind, code) => {
    const world = await NodeWorld.attached();
    world.host.before = (verb) => {
      if (verb === 'mountVolume') throw new HostError(kind, 'the device says no');
    };
    expect(await staging(world)).toBe(`${code}: the device says no`);
  });
});
