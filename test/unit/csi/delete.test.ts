import { partitions, volumes } from '../../../src/api/resources';
import { attach, create } from '../../support/csi/requests';
import { outcome, World } from '../../support/csi/world';

async function provisioned(): Promise<World> {
  const world = new World();
  await world.controller.createVolume(create(), world.call());
  await world.clock.settle();
  return world;
}

describe('DeleteVolume', () => {
  const remove = (world: World, volumeId = 'pvc-1', ms?: number) =>
    outcome(world.controller.deleteVolume({ volumeId }, world.call(ms)));

  it('answers when the volume is gone', async () => {
    const world = await provisioned();
    expect(await remove(world)).toBe('OK');
    expect(world.kube.peek(volumes, 'pvc-1')).toBeUndefined();
    expect(await remove(world)).toBe('OK');
  });

  it.each([['pvc-9'], ['../../etc'], ['-rf'], ['a\nb'], ['a\0'], ['x'.repeat(300)]])(
    'succeeds for %.20j',
    async (id) => {
      const world = await provisioned();
      expect(await remove(world, id)).toBe('OK');
      expect(world.volume('pvc-1').metadata.deletionTimestamp).toBeUndefined();
    },
  );

  it('needs a volume', async () => {
    expect(await remove(new World(), '')).toBe('INVALID_ARGUMENT: volume_id is missing');
  });

  it('refuses an attached volume, and names the node', async () => {
    const world = await provisioned();
    await world.controller.controllerPublishVolume(attach({ nodeId: 'n2' }), world.call());
    expect(await remove(world)).toBe('FAILED_PRECONDITION: volume pvc-1 is attached to node n2; detach it first');
    expect(world.volume('pvc-1').metadata.deletionTimestamp).toBeUndefined();
  });

  it('refuses a volume that is attached between its look and its delete', async () => {
    const world = await provisioned();
    world.kube.before = ({ verb }) => {
      if (verb !== 'delete') return;
      world.kube.before = () => undefined;
      world.kube.edit(volumes, 'pvc-1', ({ spec }) => (spec.nodeName = 'n3'));
    };
    expect(await remove(world)).toMatch(/^FAILED_PRECONDITION: .* node n3/);
  });

  it('says how far the wiping is when the time is up, and goes on when asked again', async () => {
    const world = await provisioned();
    world.cluster.paused.removal = true;
    world.kube.edit(partitions, 'pvc-1-1', ({ spec, status }) => {
      status!.wipe = { state: 'Running', bytesDone: spec.sizeBytes / 4 };
    });
    world.kube.calls.length = 0;
    const answer = remove(world, 'pvc-1', 10_000);
    await world.clock.advance(10_000);
    expect(world.kube.calls.map(({ verb }) => verb)).toEqual(['get', 'delete']);
    expect(await answer).toBe(
      'ABORTED: volume pvc-1: still waiting: partition pvc-1-0 on node n1 is not removed yet; ' +
        'partition pvc-1-1 on node n2 is being wiped, 25 % done',
    );
    expect(world.volume('pvc-1').metadata.deletionTimestamp).toBeDefined();
    world.kube.edit(volumes, 'pvc-1', ({ metadata }) => (metadata.finalizers = []));
    expect(await remove(world)).toBe('OK');
  });

  it('does not believe a cache that has not seen the volume yet', async () => {
    const world = new World();
    const release = world.kube.hold();
    await world.kube.create(volumes, {
      ...volumeTemplate,
      metadata: { name: 'pvc-1', finalizers: ['meshstor.io/volume'] },
    });
    world.cluster.paused.removal = true;
    const answer = remove(world, 'pvc-1', 10_000);
    await world.clock.settle();
    release();
    await world.clock.advance(10_000);
    expect(await answer).toMatch(/^ABORTED/);
  });

  it('is done when another volume has taken the name', async () => {
    const world = await provisioned();
    world.cluster.paused.removal = true;
    const answer = remove(world);
    await world.clock.settle();
    world.kube.edit(volumes, 'pvc-1', ({ metadata }) => (metadata.finalizers = []));
    await world.kube.create(volumes, { ...volumeTemplate, metadata: { name: 'pvc-1' } });
    expect(await answer).toBe('OK');
    expect(world.volume('pvc-1').metadata.deletionTimestamp).toBeUndefined();
  });
});

const volumeTemplate = {
  apiVersion: 'csi.meshstor.io/v1alpha1' as const,
  kind: 'MeshStorVolume' as const,
  spec: {
    capacityBytes: 2 ** 30,
    numberOfCopies: 2,
    drivesPerCopy: 1,
    memberMissingTimeout: 900,
    fsType: 'xfs' as const,
    volumeMode: 'Filesystem' as const,
    migratable: false,
    memberLossPolicy: 'Wait' as const,
    followConsumer: true,
  },
};
