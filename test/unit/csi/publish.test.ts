import { volumes } from '../../../src/api/resources';
import { NodeWorld } from '../../support/csi/node-world';
import { block, fileSystem, publish, stage, stagingPath, targetPath } from '../../support/csi/requests';
import { outcome } from '../../support/csi/world';

const publishing = (world: NodeWorld, changes = {}) =>
  outcome(world.n1.nodePublishVolume(publish(changes), world.call()));

const unpublishing = (world: NodeWorld, changes: object = {}) =>
  outcome(world.n1.nodeUnpublishVolume({ volumeId: 'pvc-1', targetPath: targetPath('a'), ...changes }, world.call()));

async function staged(
  volumeCapability: ReturnType<typeof block | typeof fileSystem> = fileSystem(),
): Promise<NodeWorld> {
  const world = await NodeWorld.attached(volumeCapability);
  await world.n1.nodeStageVolume(stage({ volumeCapability }), world.call());
  return world;
}

describe('NodePublishVolume', () => {
  it('shows the staged file system at the target', async () => {
    const world = await staged();
    expect(await publishing(world)).toBe('OK');
    expect(world.host.mounts.get(targetPath('a'))).toMatchObject({ kind: 'bind', readOnly: false, name: 'pvc-1' });
  });

  it('shows the device of a block volume at the target', async () => {
    const world = await staged(block());
    expect(await publishing(world, { volumeCapability: block() })).toBe('OK');
    expect(world.host.mounts.get(targetPath('a'))).toMatchObject({ kind: 'device', readOnly: false });
  });

  it.each([
    ['asked for', { readonly: true }],
    ['a single reader', { volumeCapability: fileSystem('SINGLE_NODE_READER_ONLY') }],
  ])('is read-only when it is %s', async (_, changes) => {
    const world = await staged();
    expect(await publishing(world, changes)).toBe('OK');
    expect(world.host.mounts.get(targetPath('a'))!.readOnly).toBe(true);
  });

  it('succeeds again, and for another pod of the node', async () => {
    const world = await staged();
    expect([await publishing(world), await publishing(world)]).toEqual(['OK', 'OK']);
    expect(await publishing(world, { targetPath: targetPath('b') })).toBe('OK');
    expect(world.host.pathsOf('pvc-1')).toEqual([stagingPath, targetPath('a'), targetPath('b')]);
  });

  it.each([
    ['a file system', fileSystem('SINGLE_NODE_SINGLE_WRITER')],
    ['a block device', block('SINGLE_NODE_SINGLE_WRITER')],
  ])('gives %s for a single pod to one pod only', async (_, volumeCapability) => {
    const world = await staged(volumeCapability);
    const to = (pod: string) => publishing(world, { volumeCapability, targetPath: targetPath(pod) });
    expect([await to('a'), await to('a')]).toEqual(['OK', 'OK']);
    expect(await to('b')).toBe(
      `FAILED_PRECONDITION: volume pvc-1 is for a single pod, and is published at ${targetPath('a')} already`,
    );
    expect(await unpublishing(world)).toBe('OK');
    expect(await to('b')).toBe('OK');
  });

  it('refuses a file system that is not staged', async () => {
    expect(await publishing(await NodeWorld.attached())).toBe(
      `FAILED_PRECONDITION: volume pvc-1 is not staged at ${stagingPath}; stage it first`,
    );
  });

  it('refuses a file system that is staged somewhere else', async () => {
    expect(await publishing(await staged(), { stagingTargetPath: '/elsewhere' })).toMatch(/^FAILED_PRECONDITION/);
  });

  it('refuses a block volume that was unstaged', async () => {
    const world = await staged(block());
    await world.n1.nodeUnstageVolume({ volumeId: 'pvc-1', stagingTargetPath: stagingPath }, world.call());
    expect(await publishing(world, { volumeCapability: block() })).toMatch(/^FAILED_PRECONDITION: .* not staged/);
  });

  it('refuses a block volume whose array does not run yet', async () => {
    const world = await NodeWorld.attached(block());
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.array!.state = 'Stopped'));
    expect(await publishing(world, { volumeCapability: block() })).toMatch(/^FAILED_PRECONDITION: .* not staged/);
  });

  it('refuses a block volume whose release is not carried out yet', async () => {
    const world = await staged(block());
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ spec }) => (spec.releasedEpoch = 1));
    expect(await publishing(world, { volumeCapability: block() })).toMatch(/^FAILED_PRECONDITION: .* not staged/);
  });

  it('refuses a volume that is attached elsewhere by now', async () => {
    const world = await staged();
    world.kube.edit(volumes, 'pvc-1', ({ spec }) => (spec.nodeName = 'n2'));
    expect(await publishing(world)).toMatch(/^FAILED_PRECONDITION: .*attached to node n2, and cannot be used on n1/);
  });

  it.each([
    ['an unknown volume', { volumeId: 'pvc-9' }, 'NOT_FOUND: volume pvc-9'],
    ['no volume', { volumeId: '' }, 'INVALID_ARGUMENT: volume_id is missing'],
    ['a hostile volume', { volumeId: 'a/../b' }, 'INVALID_ARGUMENT: volume_id'],
    ['no target', { targetPath: '' }, 'INVALID_ARGUMENT: target_path is missing'],
    ['a climbing target', { targetPath: '/a/../b' }, 'INVALID_ARGUMENT: target_path "/a/../b" contains ".."'],
    ['the staging path as target', { targetPath: stagingPath }, 'INVALID_ARGUMENT: target_path is the same'],
    ['no staging path', { stagingTargetPath: '' }, 'FAILED_PRECONDITION: staging_target_path is missing'],
    ['a relative staging path', { stagingTargetPath: 'x' }, 'INVALID_ARGUMENT: staging_target_path'],
    ['no capability', { volumeCapability: undefined }, 'INVALID_ARGUMENT: volume_capability is missing'],
    ['another volume mode', { volumeCapability: block() }, 'INVALID_ARGUMENT: volume pvc-1 has volumeMode Filesystem'],
  ])('refuses %s', async (_, changes, words) => {
    const world = await staged();
    expect(await publishing(world, changes)).toContain(words);
    expect(world.host.pathsOf('pvc-1')).toEqual([stagingPath]);
  });
});

describe('NodeUnpublishVolume', () => {
  it('unmounts the target, and nothing else', async () => {
    const world = await staged();
    await publishing(world);
    await publishing(world, { targetPath: targetPath('b') });
    expect(await unpublishing(world)).toBe('OK');
    expect(world.host.pathsOf('pvc-1')).toEqual([stagingPath, targetPath('b')]);
  });

  it('succeeds again, and for what never was published', async () => {
    const world = await staged();
    expect([await unpublishing(world), await unpublishing(world)]).toEqual(['OK', 'OK']);
    expect(await unpublishing(world, { volumeId: 'pvc-9' })).toBe('OK');
  });

  it('needs no API server', async () => {
    const world = await staged();
    await publishing(world);
    world.kube.before = () => {
      throw new Error('connect ECONNREFUSED');
    };
    expect(await unpublishing(world)).toBe('OK');
    expect(world.host.pathsOf('pvc-1')).toEqual([stagingPath]);
  });

  it.each([
    [{ volumeId: '' }, 'INVALID_ARGUMENT: volume_id is missing'],
    [{ targetPath: '' }, 'INVALID_ARGUMENT: target_path is missing'],
    [{ targetPath: '/' }, 'INVALID_ARGUMENT: target_path "/" is the root directory'],
    [{ targetPath: '/a\n' }, 'INVALID_ARGUMENT: target_path "/a\\n" contains control characters'],
    [{ volumeId: '-rf' }, 'OK'],
  ])('answers %j with %s', async (changes, words) => {
    expect(await unpublishing(await NodeWorld.attached(), changes)).toBe(words);
  });
});
