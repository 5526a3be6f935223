import { leases, nodeDevices, volumes } from '../../../src/api/resources';
import { attach, block, create, fileSystem } from '../../support/csi/requests';
import { outcome, World } from '../../support/csi/world';

async function provisioned(): Promise<World> {
  const world = new World();
  await world.controller.createVolume(create(), world.call());
  await world.clock.settle();
  world.kube.calls.length = 0;
  return world;
}

async function attached(): Promise<World> {
  const world = await provisioned();
  await world.controller.controllerPublishVolume(attach(), world.call());
  await world.clock.settle();
  return world;
}

describe('ControllerPublishVolume', () => {
  it('writes the node down, and answers when the attachment stands', async () => {
    const world = await provisioned();
    const answer = await world.controller.controllerPublishVolume(attach({ nodeId: 'n2' }), world.call());
    expect(answer).toEqual({ publishContext: {} });
    const { spec, status } = world.volume('pvc-1');
    expect(spec.nodeName).toBe('n2');
    expect(status).toMatchObject({ nodeName: 'n2', owner: { nodeName: 'n2', purpose: 'Attach' } });
  });

  it('succeeds again on the same node without writing', async () => {
    const world = await attached();
    world.kube.calls.length = 0;
    expect(await outcome(world.controller.controllerPublishVolume(attach(), world.call()))).toBe('OK');
    expect(world.kube.calls.map(({ verb }) => verb)).not.toContain('patch');
  });

  it('refuses a second node, and names the first', async () => {
    const world = await attached();
    expect(await outcome(world.controller.controllerPublishVolume(attach({ nodeId: 'n2' }), world.call()))).toBe(
      'FAILED_PRECONDITION: volume pvc-1 is attached to node n1; detach it there first',
    );
    expect(world.volume('pvc-1').spec.nodeName).toBe('n1');
  });

  it('refuses a second node for a migratable volume as well', async () => {
    const world = new World();
    await world.controller.createVolume(
      create({ parameters: { migratable: 'true' }, volumeCapabilities: [block()] }),
      world.call(),
    );
    const to = (nodeId: string) =>
      outcome(world.controller.controllerPublishVolume(attach({ nodeId, volumeCapability: block() }), world.call()));
    expect(await to('n1')).toBe('OK');
    expect(await to('n2')).toMatch(/^FAILED_PRECONDITION: volume pvc-1 is attached to node n1/);
  });

  it.each([
    ['a volume that does not exist', { volumeId: 'pvc-9' }, 'NOT_FOUND: volume pvc-9 does not exist'],
    ['a node without MeshStor', { nodeId: 'n9' }, 'NOT_FOUND: node n9 does not run MeshStor'],
    ['no volume', { volumeId: '' }, 'INVALID_ARGUMENT: volume_id is missing'],
    ['no node', { nodeId: '' }, 'INVALID_ARGUMENT: node_id is missing'],
    ['no capability', { volumeCapability: undefined }, 'INVALID_ARGUMENT: volume_capability is missing'],
    ['a hostile volume', { volumeId: '../x' }, 'INVALID_ARGUMENT: volume_id "../x" is not'],
    ['a read-only attachment', { readonly: true }, 'INVALID_ARGUMENT: readonly: '],
    ['another volume mode', { volumeCapability: block() }, 'INVALID_ARGUMENT: volume pvc-1 has volumeMode Filesystem'],
  ])('refuses %s', async (_, changes, words) => {
    const world = await provisioned();
    expect(await outcome(world.controller.controllerPublishVolume(attach(changes), world.call()))).toContain(words);
    expect(world.volume('pvc-1').spec.nodeName).toBeUndefined();
  });

  it('answers ALREADY_EXISTS when the volume is attached there and cannot be used like that', async () => {
    const world = await attached();
    const volumeCapability = fileSystem('SINGLE_NODE_WRITER', { fsType: 'ext4' });
    expect(await outcome(world.controller.controllerPublishVolume(attach({ volumeCapability }), world.call()))).toMatch(
      /^ALREADY_EXISTS: volume pvc-1 has fsType xfs, not ext4/,
    );
  });

  it('knows a node without drives by its lease', async () => {
    const world = await provisioned();
    await world.kube.create(leases, { metadata: { name: 'meshstor-node-n4', namespace: 'meshstor' } });
    expect(await outcome(world.controller.controllerPublishVolume(attach({ nodeId: 'n4' }), world.call()))).toBe('OK');
  });

  it('refuses a volume that is being deleted', async () => {
    const world = await provisioned();
    world.cluster.paused.removal = true;
    await world.kube.delete(volumes, 'pvc-1');
    expect(await outcome(world.controller.controllerPublishVolume(attach(), world.call()))).toBe(
      'FAILED_PRECONDITION: volume pvc-1 is being deleted',
    );
  });

  it('looks again when somebody else changed the volume first, and sees what they did', async () => {
    const world = await provisioned();
    world.kube.before = ({ verb }) => {
      if (verb !== 'patch') return;
      world.kube.before = () => undefined;
      world.kube.edit(volumes, 'pvc-1', ({ spec }) => (spec.nodeName = 'n3'));
    };
    expect(await outcome(world.controller.controllerPublishVolume(attach(), world.call()))).toMatch(
      /^FAILED_PRECONDITION: .*attached to node n3/,
    );
  });

  it('does not take an attachment of before for the one asked for now', async () => {
    const world = await attached();
    const release = world.kube.hold();
    world.kube.edit(volumes, 'pvc-1', ({ spec }) => delete spec.nodeName);
    world.cluster.paused.ownership = true;
    const answer = outcome(world.controller.controllerPublishVolume(attach(), world.call(10_000)));
    await world.clock.settle();
    expect(world.caches.volumes.get('pvc-1')!.status!.nodeName).toBe('n1');
    world.kube.edit(volumes, 'pvc-1', ({ status }) => delete status!.nodeName);
    release();
    await world.clock.advance(10_000);
    expect(await answer).toMatch(/^ABORTED: volume pvc-1: still waiting: node n1 has not been given the volume/);
  });

  it('says why the attachment does not stand when the time is up', async () => {
    const world = await provisioned();
    world.cluster.paused.ownership = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => {
      const condition = {
        type: 'Attached',
        status: 'False',
        reason: 'X',
        message: 'n3 still has it open',
        lastTransitionTime: '',
      } as const;
      status!.conditions = [condition];
    });
    const answer = outcome(world.controller.controllerPublishVolume(attach(), world.call(15_000)));
    await world.clock.advance(15_000);
    expect(await answer).toBe('ABORTED: volume pvc-1: still waiting: n3 still has it open');
  });

  it('ends as soon as the attachment is taken back', async () => {
    const world = await provisioned();
    world.cluster.paused.ownership = true;
    const answer = outcome(world.controller.controllerPublishVolume(attach(), world.call()));
    await world.clock.settle();
    world.kube.edit(volumes, 'pvc-1', ({ spec }) => delete spec.nodeName);
    expect(await answer).toBe('ABORTED: volume pvc-1 was detached from node n1 meanwhile');
  });
});

describe('ControllerUnpublishVolume', () => {
  const detach = (world: World, nodeId = 'n1', ms?: number) =>
    outcome(world.controller.controllerUnpublishVolume({ volumeId: 'pvc-1', nodeId }, world.call(ms)));

  it('clears the node, and answers when the array is stopped', async () => {
    const world = await attached();
    expect(world.volume('pvc-1').status!.array!.state).toBe('Running');
    expect(await detach(world)).toBe('OK');
    expect(world.volume('pvc-1').spec.nodeName).toBeUndefined();
    expect(world.volume('pvc-1').status!.array!.state).toBe('Stopped');
  });

  it('means whichever node has the volume when none is named', async () => {
    const world = await attached();
    expect(await detach(world, '')).toBe('OK');
    expect(world.volume('pvc-1').spec.nodeName).toBeUndefined();
  });

  it('leaves an attachment to another node alone', async () => {
    const world = await attached();
    expect(await detach(world, 'n2')).toBe('OK');
    expect(world.volume('pvc-1').spec.nodeName).toBe('n1');
  });

  it.each([
    ['a volume that never was attached', 'pvc-1'],
    ['a volume that does not exist', 'pvc-9'],
    ['a name no volume can have', '../../etc'],
  ])('succeeds for %s', async (_, volumeId) => {
    const world = await provisioned();
    const answer = outcome(world.controller.controllerUnpublishVolume({ volumeId, nodeId: 'n1' }, world.call()));
    expect(await answer).toBe('OK');
    expect(world.volume('pvc-1').status!.array!.state).toBe('Running');
  });

  it('needs a volume', async () => {
    const world = await provisioned();
    const answer = outcome(world.controller.controllerUnpublishVolume({ volumeId: '', nodeId: 'n1' }, world.call()));
    expect(await answer).toBe('INVALID_ARGUMENT: volume_id is missing');
  });

  it('keeps waiting, also when asked again, while the array runs, and says why', async () => {
    const world = await attached();
    world.cluster.paused.arrays = true;
    for (let attempt = 0; attempt < 2; attempt++) {
      world.addHeartbeat('n1');
      const answer = detach(world, 'n1', 15_000);
      await world.clock.advance(15_000);
      expect(await answer).toBe('ABORTED: volume pvc-1: still waiting: node n1 has not stopped the array: Running');
    }
    world.cluster.paused.arrays = false;
    world.cluster.wake('pvc-1');
    expect(await detach(world)).toBe('OK');
  });

  it('does not take an array that was stopped before for one that is stopped now', async () => {
    const world = await attached();
    world.cluster.paused.arrays = true;
    world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.array!.state = 'Stopped'));
    const release = world.kube.hold();
    world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.array!.state = 'Running'));
    const answer = detach(world, 'n1', 15_000);
    await world.clock.settle();
    expect(world.caches.volumes.get('pvc-1')!.status!.array!.state).toBe('Stopped');
    release();
    await world.clock.advance(15_000);
    expect(await answer).toMatch(/^ABORTED/);
  });

  it('waits no longer than until the node is known to be dead', async () => {
    const world = await attached();
    world.cluster.paused.arrays = true;
    let done = false;
    const answer = detach(world, 'n1', 120_000).finally(() => (done = true));
    await world.clock.advance(60_000);
    expect(done).toBe(false);
    await world.clock.advance(1);
    expect(await answer).toBe('OK');
  });

  it('does not give up on a node whose lease is renewed though its devices look silent', async () => {
    const world = await attached();
    world.cluster.paused.arrays = true;
    const renewTime = new Date(world.clock.now() + 50_000).toISOString();
    await world.kube.create(leases, {
      metadata: { name: 'meshstor-node-n1', namespace: 'meshstor' },
      spec: { renewTime },
    });
    let done = false;
    const answer = detach(world, 'n1', 300_000).finally(() => (done = true));
    await world.clock.advance(110_000);
    expect(done).toBe(false);
    await world.clock.advance(1);
    expect(await answer).toBe('OK');
  });

  it('lets an array that is only being built go on', async () => {
    const world = await provisioned();
    world.cluster.paused.ownership = true;
    const attaching = outcome(world.controller.controllerPublishVolume(attach(), world.call(5_000)));
    await world.clock.advance(5_000);
    expect(await attaching).toMatch(/^ABORTED/);
    expect(await detach(world)).toBe('OK');
    expect(world.volume('pvc-1').status!.array!.state).toBe('Running');
  });

  it('is followed by an attachment elsewhere under the next epoch', async () => {
    const world = await attached();
    await detach(world);
    expect(await outcome(world.controller.controllerPublishVolume(attach({ nodeId: 'n2' }), world.call()))).toBe('OK');
    expect(world.volume('pvc-1').status!.owner).toMatchObject({ nodeName: 'n2', epoch: 2 });
    expect(world.kube.all(nodeDevices)).toHaveLength(3);
  });
});
