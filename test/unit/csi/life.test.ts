import { partitions, volumes } from '../../../src/api/resources';
import type { SimMount } from '../../../src/host/sim';
import { FullWorld } from '../../support/csi/full-world';
import { attach, block, create, GiB, publish, stage, stagingPath, targetPath } from '../../support/csi/requests';
import { outcome } from '../../support/csi/world';

const volumeId = 'pvc-1';

describe('a volume, with the real reconcilers on simulated hosts', () => {
  let world: FullWorld;
  beforeEach(async () => (world = await FullWorld.of('n1', 'n2', 'n3')));
  afterEach(() => world.stop());

  const answer = (call: Promise<unknown>) => world.answer(outcome(call));
  const creation = (changes = {}) => answer(world.controller.createVolume(create(changes)));
  const deletion = () => answer(world.controller.deleteVolume({ volumeId }));
  const attachment = (nodeId: string, changes = {}) =>
    answer(world.controller.controllerPublishVolume(attach({ nodeId, ...changes })));
  const detachment = (nodeId: string, ms?: number) =>
    answer(world.controller.controllerUnpublishVolume({ volumeId, nodeId }, { deadlineMs: ms ?? 60_000 }));

  /** The calls of one node. */
  const on = (name: string) => {
    const node = world.node(name);
    const targetOf = { volumeId, targetPath: targetPath('a') };
    return {
      stage: (changes = {}, ms?: number) => answer(node.nodeStageVolume(stage(changes), { deadlineMs: ms ?? 60_000 })),
      publish: (changes = {}) => answer(node.nodePublishVolume(publish(changes))),
      unpublish: () => answer(node.nodeUnpublishVolume(targetOf)),
      unstage: () => answer(node.nodeUnstageVolume({ volumeId, stagingTargetPath: stagingPath })),
    };
  };

  /** What a pod does that has the file system open for a moment. */
  const inside = async <T>(name: string, work: (mount: SimMount) => Promise<T>): Promise<T> => {
    const mount = world.hosts.node(name).enter(stagingPath);
    try {
      return await world.answer(work(mount));
    } finally {
      mount.close();
    }
  };
  const write = (name: string, text: string) => inside(name, (mount) => mount.writeFile('file', text));
  const read = (name: string) => inside(name, async (mount) => (await mount.readFile('file')).toString());

  const volume = async () => (await world.kube.get(volumes, volumeId))!;
  const copies = async () => (await world.kube.list(partitions)).items;

  /** Every copy holds everything: 1 GiB at 200 MB/s. */
  const synchronised = async () => {
    await world.clock.advance(10_000);
    expect((await volume()).status!.inSync).toHaveLength(2);
  };

  it('is made, used on one node, then on another, and goes without a trace', async () => {
    expect(await creation()).toBe('OK');
    expect(await copies()).toHaveLength(2);
    for (const name of ['n1', 'n3']) {
      const node = on(name);
      expect(await attachment(name)).toBe('OK');
      expect(await node.publish()).toMatch(/^FAILED_PRECONDITION: .* not staged/);
      expect(await node.stage()).toBe('OK');
      expect(await node.publish()).toBe('OK');
      expect(await node.unstage()).toMatch(/^FAILED_PRECONDITION: .* still published/);
      expect([await node.unpublish(), await node.unstage(), await detachment(name)]).toEqual(['OK', 'OK', 'OK']);
      expect((await volume()).status!.array!.state).toBe('Stopped');
    }
    expect((await volume()).status!.owner).toMatchObject({ nodeName: 'n3', epoch: 2 });
    expect(await deletion()).toBe('OK');
    expect(await copies()).toEqual([]);
    expect(await creation()).toBe('OK');
  });

  it('keeps what was written when it is staged again, here and elsewhere', async () => {
    await creation();
    await attachment('n1');
    await on('n1').stage();
    await write('n1', 'precious');
    await on('n1').unstage();
    expect(await on('n1').stage()).toBe('OK');
    expect(await read('n1')).toBe('precious');
    await on('n1').unstage();
    await detachment('n1');
    await attachment('n3');
    expect(await on('n3').stage()).toBe('OK');
    expect(await read('n3')).toBe('precious');
  });

  it('has its first copy where its first consumer will be', async () => {
    const preferred = [{ segments: { 'topology.csi.meshstor.io/node': 'n3' } }];
    expect(await creation({ accessibilityRequirements: { requisite: [], preferred } })).toBe('OK');
    expect((await copies()).find(({ spec }) => spec.slot === 0)!.spec.nodeName).toBe('n3');
    expect((await volume()).status!.owner).toMatchObject({ nodeName: 'n3', purpose: 'Initialize' });
  });

  it('of mode Block is published as a device', async () => {
    const volumeCapability = block();
    await creation({ volumeCapabilities: [volumeCapability] });
    await synchronised();
    expect(await attachment('n2', { volumeCapability })).toBe('OK');
    expect(await on('n2').stage({ volumeCapability })).toBe('OK');
    expect(await on('n2').publish({ volumeCapability })).toBe('OK');
    const pod = world.hosts.node('n2').open(targetPath('a'));
    await world.answer(pod.write(0, 'precious'));
    expect(await world.answer(pod.read(0))).toBe('precious');
    pod.close();
    expect(await on('n2').unstage()).toMatch(/^FAILED_PRECONDITION: .* still published/);
    expect([await on('n2').unpublish(), await on('n2').unstage(), await detachment('n2')]).toEqual(['OK', 'OK', 'OK']);
  });

  it('that fits nowhere is refused with what is lacking on each node, and leaves nothing behind', async () => {
    const refusal = await creation({ capacityRange: { requiredBytes: `${100 * GiB}` } });
    expect(refusal).toMatch(
      /^RESOURCE_EXHAUSTED: volume pvc-1 cannot be provisioned: 2 nodes needed; n1: .*; n2: .*; n3: /,
    );
    await world.clock.advance(1_000);
    expect(await world.kube.get(volumes, volumeId)).toBeUndefined();
    expect(await creation()).toBe('OK');
  });

  it('can be deleted as soon as it is made', async () => {
    await creation();
    expect(await deletion()).toBe('OK');
    expect(await copies()).toEqual([]);
  });

  it('stays attached as long as it is mounted, and says so', async () => {
    await creation();
    await attachment('n1');
    await on('n1').stage();
    expect(await detachment('n1', 15_000)).toBe(
      'ABORTED: volume pvc-1: still waiting: node n1 has not stopped the array: ' +
        `The array has to stop because it is not attached to n1, but it is mounted at ${stagingPath}.`,
    );
    expect(await on('n1').unstage()).toBe('OK');
    expect(await detachment('n1')).toBe('OK');
  });

  it('is given to another node once its own is known to be dead', async () => {
    await creation();
    await synchronised();
    await attachment('n1');
    await on('n1').stage();
    expect(await attachment('n2')).toMatch(/^FAILED_PRECONDITION: volume pvc-1 is attached to node n1/);
    world.killNode('n1');
    expect(await detachment('n1', 90_000)).toBe('OK');
    expect(await attachment('n2')).toBe('OK');
    expect(await on('n2').stage({}, 120_000)).toBe('OK');
  });
});
