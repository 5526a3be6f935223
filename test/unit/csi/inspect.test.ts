import { volumes } from '../../../src/api/resources';
import { ValidateVolumeCapabilitiesRequest } from '../../../src/csi/gen/csi';
import { attach, block, create, fileSystem, GiB } from '../../support/csi/requests';
import { outcome, World } from '../../support/csi/world';

async function worldWith(...names: string[]): Promise<World> {
  const world = new World();
  for (const name of names) await world.controller.createVolume(create({ name }), world.call());
  await world.clock.settle();
  return world;
}

const list = (world: World, maxEntries = 0, startingToken = '') =>
  world.controller.listVolumes({ maxEntries, startingToken }, world.call());

const namesIn = ({ entries }: Awaited<ReturnType<typeof list>>) => entries.map(({ volume }) => volume!.volumeId);

describe('ListVolumes', () => {
  it('lists everything in the order of names when no limit is given', async () => {
    const world = await worldWith('c', 'a', 'b');
    const page = await list(world);
    expect(namesIn(page)).toEqual(['a', 'b', 'c']);
    expect(page.nextToken).toBe('');
  });

  it('gives pages that together are the whole, and no token with the last', async () => {
    const world = await worldWith('a', 'b', 'c', 'd');
    const first = await list(world, 2);
    const second = await list(world, 2, first.nextToken);
    expect([namesIn(first), namesIn(second), second.nextToken]).toEqual([['a', 'b'], ['c', 'd'], '']);
  });

  it('loses and repeats nothing when volumes come and go between pages', async () => {
    const world = await worldWith('a', 'b', 'd', 'e');
    const first = await list(world, 2);
    await world.controller.deleteVolume({ volumeId: 'b' }, world.call());
    await world.controller.createVolume(create({ name: 'c' }), world.call());
    expect(namesIn(await list(world, 2, first.nextToken))).toEqual(['c', 'd']);
  });

  it('lists nothing rather than a part, while the cache is being filled', async () => {
    const world = await worldWith('a');
    world.kube.hasSynced = false;
    expect(await outcome(list(world))).toBe('UNAVAILABLE: the caches of this process are not filled yet');
  });

  it('lists nothing where there is nothing', async () => {
    expect(await list(new World(), 5)).toEqual({ entries: [], nextToken: '' });
  });

  it.each([['nonsense'], [Buffer.from('after/../x').toString('base64url')], [Buffer.from('a').toString('base64url')]])(
    'answers ABORTED to the token %s',
    async (token) => {
      expect(await outcome(list(await worldWith('a'), 1, token))).toMatch(/^ABORTED: starting_token/);
    },
  );

  it('refuses a negative limit', async () => {
    expect(await outcome(list(new World(), -1))).toMatch(/^INVALID_ARGUMENT: max_entries -1/);
  });

  it('does not name a node before the attachment stands', async () => {
    const world = await worldWith('pvc-1');
    world.cluster.paused.ownership = true;
    world.kube.edit(volumes, 'pvc-1', ({ spec }) => (spec.nodeName = 'n1'));
    expect((await list(world)).entries[0]!.status!.publishedNodeIds).toEqual([]);
  });

  it('tells where volumes are attached, and how they are', async () => {
    const world = await worldWith('pvc-1');
    await world.controller.controllerPublishVolume(attach(), world.call());
    const status = async () => (await list(world)).entries[0]!.status!;
    expect((await status()).publishedNodeIds).toEqual(['n1']);
    await world.controller.controllerUnpublishVolume({ volumeId: 'pvc-1', nodeId: 'n1' }, world.call());
    expect((await status()).publishedNodeIds).toEqual([]);
    world.kube.edit(volumes, 'pvc-1', ({ status }) =>
      Object.assign(status!, { mdState: 'degraded', missingDevices: 1 }),
    );
    expect((await status()).volumeCondition).toEqual({
      abnormal: true,
      message: 'the array is degraded; down: 1 devices',
    });
  });
});

describe('ControllerGetVolume', () => {
  it('describes the volume', async () => {
    const world = await worldWith('pvc-1');
    const answer = await world.controller.controllerGetVolume({ volumeId: 'pvc-1' }, world.call());
    expect(answer.volume).toMatchObject({ volumeId: 'pvc-1', capacityBytes: GiB });
    expect(answer.status).toMatchObject({ publishedNodeIds: [], volumeCondition: { abnormal: false } });
  });

  it.each([['pvc-9'], ['../x'], ['a\nb']])('answers NOT_FOUND to %j', async (volumeId) => {
    const world = await worldWith('pvc-1');
    expect(await outcome(world.controller.controllerGetVolume({ volumeId }, world.call()))).toMatch(/^NOT_FOUND/);
  });

  it('needs a volume', async () => {
    const answer = outcome(new World().controller.controllerGetVolume({ volumeId: '' }, new World().call()));
    expect(await answer).toBe('INVALID_ARGUMENT: volume_id is missing');
  });
});

describe('ValidateVolumeCapabilities', () => {
  const validate = (world: World, changes: object) =>
    world.controller.validateVolumeCapabilities(
      ValidateVolumeCapabilitiesRequest.fromPartial({
        volumeId: 'pvc-1',
        volumeCapabilities: [fileSystem()],
        ...changes,
      }),
      world.call(),
    );

  it('confirms what the volume can do, in the words it was asked in', async () => {
    const asked = { volumeCapabilities: [fileSystem('SINGLE_NODE_MULTI_WRITER')], parameters: { numberOfCopies: '2' } };
    const { confirmed, message } = await validate(await worldWith('pvc-1'), asked);
    expect(message).toBe('');
    expect(confirmed).toMatchObject({ ...asked, volumeContext: { volumeMode: 'Filesystem', fsType: 'xfs' } });
  });

  it.each([
    [{ volumeCapabilities: [block()] }, 'volume pvc-1 has volumeMode Filesystem, not Block'],
    [
      { volumeCapabilities: [fileSystem('MULTI_NODE_MULTI_WRITER')] },
      'a file system cannot be used from several nodes',
    ],
    [{ parameters: { numberOfCopies: '99' } }, 'parameter numberOfCopies: "99" is not allowed'],
  ])('explains why %j is not confirmed', async (changes, words) => {
    const { confirmed, message } = await validate(await worldWith('pvc-1'), changes);
    expect(confirmed).toBeUndefined();
    expect(message).toContain(words);
  });

  it.each([
    [{ volumeId: '' }, 'INVALID_ARGUMENT: volume_id is missing'],
    [{ volumeCapabilities: [] }, 'INVALID_ARGUMENT: volume_capabilities is missing'],
    [{ volumeId: 'pvc-9' }, 'NOT_FOUND: volume "pvc-9" does not exist'],
  ])('refuses %j', async (changes, words) => {
    expect(await outcome(validate(await worldWith('pvc-1'), changes))).toBe(words);
  });
});
