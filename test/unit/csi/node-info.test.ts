import { kubeNodes } from '../../../src/api/resources';
import { HostError } from '../../../src/host/errors';
import { NodeWorld } from '../../support/csi/node-world';
import { block, publish, stage, targetPath } from '../../support/csi/requests';
import { outcome, World } from '../../support/csi/world';

describe('NodeGetInfo', () => {
  it('names the node, and its zone when it has one', async () => {
    const world = new World();
    expect(await world.node('n2').nodeGetInfo({}, world.call())).toEqual({
      nodeId: 'n2',
      maxVolumesPerNode: 0,
      accessibleTopology: {
        segments: { 'topology.csi.meshstor.io/node': 'n2', 'topology.kubernetes.io/zone': 'zone-n2' },
      },
    });
  });

  it('leaves the zone out when the node has none', async () => {
    const world = new World();
    world.kube.edit(kubeNodes, 'n2', ({ metadata }) => delete metadata.labels);
    const { accessibleTopology } = await world.node('n2').nodeGetInfo({}, world.call());
    expect(accessibleTopology!.segments).toEqual({ 'topology.csi.meshstor.io/node': 'n2' });
  });

  it('answers nothing rather than a node without its zone', async () => {
    const world = new World();
    world.kube.before = () => {
      throw new Error('timeout');
    };
    expect(await outcome(world.node('n2').nodeGetInfo({}, world.call()))).toMatch(/^UNAVAILABLE/);
  });
});

it('NodeGetCapabilities names what the node service can do, without asking anybody', async () => {
  const world = new World();
  world.kube.before = () => {
    throw new Error('must not be asked');
  };
  const { capabilities } = await world.node('n1').nodeGetCapabilities({}, world.call());
  expect(capabilities.map(({ type }) => type!.rpc.type)).toEqual([
    'STAGE_UNSTAGE_VOLUME',
    'GET_VOLUME_STATS',
    'VOLUME_CONDITION',
    'SINGLE_NODE_MULTI_WRITER',
  ]);
});

describe('NodeGetVolumeStats', () => {
  const stats = (world: NodeWorld, changes = {}) =>
    world.n1.nodeGetVolumeStats(
      { volumeId: 'pvc-1', volumePath: targetPath('a'), stagingTargetPath: '', ...changes },
      world.call(),
    );

  async function published(volumeCapability?: ReturnType<typeof block>): Promise<NodeWorld> {
    const world = await NodeWorld.attached(volumeCapability);
    const capability = volumeCapability && { volumeCapability };
    await world.n1.nodeStageVolume(stage(capability), world.call());
    await world.n1.nodePublishVolume(publish(capability), world.call());
    return world;
  }

  it('tells bytes and inodes of a file system, and how the volume is', async () => {
    expect(await stats(await published())).toEqual({
      usage: [
        { unit: 'BYTES', total: 1000, available: 600, used: 400 },
        { unit: 'INODES', total: 50, available: 40, used: 10 },
      ],
      volumeCondition: { abnormal: false, message: 'the array is active' },
    });
  });

  it('tells bytes of a block device', async () => {
    const { usage } = await stats(await published(block()));
    expect(usage.map(({ unit, total }) => [unit, total])).toEqual([['BYTES', 1000]]);
  });

  it.each([
    ['an unknown volume', { volumeId: 'pvc-9' }, 'NOT_FOUND: volume "pvc-9" does not exist'],
    ['a name no volume can have', { volumeId: '../x' }, 'NOT_FOUND: volume "../x" does not exist'],
    ['a path where it is not mounted', { volumePath: '/tmp' }, 'NOT_FOUND: volume pvc-1 is not mounted at /tmp'],
    ['no volume', { volumeId: '' }, 'INVALID_ARGUMENT: volume_id is missing'],
    ['no path', { volumePath: '' }, 'INVALID_ARGUMENT: volume_path is missing'],
  ])('refuses %s', async (_, changes, words) => {
    expect(await outcome(stats(await published(), changes))).toBe(words);
  });

  it.each([
    ['NotFound', 'NOT_FOUND: volume pvc-1 is not mounted at'],
    ['Timeout', 'DEADLINE_EXCEEDED: it hangs'],
  ] as const)('answers a host failure %s with %s', async (kind, words) => {
    const world = await published();
    world.host.before = (verb) => {
      if (verb === 'getPathStats') throw new HostError(kind, 'it hangs');
    };
    expect(await outcome(stats(world))).toContain(words);
  });
});
