import { partitions, volumes } from '../../../src/api/resources';
import { block, create, fileSystem, GiB } from '../../support/csi/requests';
import { outcome, World } from '../../support/csi/world';

describe('CreateVolume', () => {
  it('writes what is wanted, waits until the space is allocated, and tells the node service what it needs', async () => {
    const world = new World();
    const { volume } = await world.controller.createVolume(create(), world.call());
    expect(volume).toEqual({
      volumeId: 'pvc-1',
      capacityBytes: GiB,
      volumeContext: { volumeMode: 'Filesystem', fsType: 'xfs' },
      contentSource: undefined,
      accessibleTopology: [],
    });
    expect(world.kube.all(partitions)).toHaveLength(2);
    const { metadata, spec } = world.volume('pvc-1');
    expect(metadata.finalizers).toEqual(['meshstor.io/volume']);
    expect(spec).toEqual({
      capacityBytes: GiB,
      numberOfCopies: 2,
      drivesPerCopy: 1,
      memberMissingTimeout: 900,
      fsType: 'xfs',
      volumeMode: 'Filesystem',
      accessModes: ['ReadWriteOnce'],
      migratable: false,
      memberLossPolicy: 'Wait',
      followConsumer: true,
    });
  });

  it('costs the API server one write when nothing stands in the way', async () => {
    const world = new World();
    await world.controller.createVolume(create(), world.call());
    expect(world.kube.calls.map(({ verb, path }) => `${verb} ${path}`)).toEqual(['create meshstorvolumes/pvc-1']);
  });

  it('carries parameters, topology and the first consumer into the spec', async () => {
    const world = new World();
    const node = (name: string, zone?: string) => ({
      segments: {
        'topology.csi.meshstor.io/node': name,
        ...(zone && { 'topology.kubernetes.io/zone': zone }),
        'example.com/rack': 'r1',
      },
    });
    const accessibilityRequirements = {
      requisite: [node('n1', 'a'), node('n2', 'a'), node('n3', 'b'), node('n4')],
      preferred: [node('n2', 'a'), node('n1')],
    };
    const parameters = {
      numberOfCopies: '3',
      stripeWidth: '2',
      memberMissingTimeout: '60',
      sectorSize: '4096',
      migratable: 'true',
    };
    const request = create({
      parameters,
      accessibilityRequirements,
      volumeCapabilities: [block()],
    });
    await world.controller.createVolume(request, world.call());
    const { metadata, spec } = world.volume('pvc-1');
    expect(metadata.labels).toEqual({ 'meshstor.io/consumer': 'n2' });
    expect(spec).toMatchObject({
      numberOfCopies: 3,
      drivesPerCopy: 2,
      memberMissingTimeout: 60,
      sectorSize: 4096,
      migratable: true,
      volumeMode: 'Block',
      accessModes: ['ReadWriteOnce'],
      topology: {
        requisite: [{ 'topology.kubernetes.io/zone': 'a' }, { 'topology.kubernetes.io/zone': 'b' }],
        preferred: [
          { 'topology.csi.meshstor.io/node': 'n2', 'topology.kubernetes.io/zone': 'a' },
          { 'topology.csi.meshstor.io/node': 'n1' },
        ],
      },
    });
  });

  it('gives a volume that cannot have the requested name another, and remembers what was asked for', async () => {
    const world = new World();
    const name = 'Größe & Co. '.repeat(5);
    const { volume } = await world.controller.createVolume(create({ name }), world.call());
    expect(volume!.volumeId).toMatch(/^msv-[0-9a-f]{40}$/);
    expect(world.volume(volume!.volumeId).metadata.annotations).toEqual({ 'meshstor.io/requested-name': name });
  });

  it('accepts a name of 128 bytes, the longest the CSI allows', async () => {
    const world = new World();
    expect(await outcome(world.controller.createVolume(create({ name: 'n'.repeat(128) }), world.call()))).toBe('OK');
  });

  describe('called again with the same name', () => {
    it('gives the same answer for the same request', async () => {
      const world = new World();
      const first = await world.controller.createVolume(create(), world.call());
      expect(await world.controller.createVolume(create(), world.call())).toEqual(first);
      expect(world.kube.all(volumes)).toHaveLength(1);
    });

    it('answers for a volume whose array is built, whatever its members do', async () => {
      const world = new World();
      await world.controller.createVolume(create(), world.call());
      world.kube.edit(partitions, 'pvc-1-0', (partition) => (partition.spec.epoch = 7));
      expect(await outcome(world.controller.createVolume(create(), world.call()))).toBe('OK');
    });

    it('accepts a size within the limits of the new request', async () => {
      const world = new World();
      await world.controller.createVolume(create(), world.call());
      const smaller = create({ capacityRange: { requiredBytes: `${GiB / 2}`, limitBytes: `${GiB}` } });
      expect((await world.controller.createVolume(smaller, world.call())).volume!.capacityBytes).toBe(GiB);
    });

    it.each([
      [{ capacityRange: { requiredBytes: `${2 * GiB}` } }, `capacityBytes is ${GiB}, asked for are ${2 * GiB}`],
      [{ capacityRange: { requiredBytes: `${GiB / 2}`, limitBytes: `${GiB / 2}` } }, 'capacityBytes is'],
      [{ parameters: { numberOfCopies: '3' } }, 'numberOfCopies is 2, asked for is 3'],
      [{ parameters: { sectorSize: '512' } }, 'sectorSize is undefined, asked for is 512'],
      [{ volumeCapabilities: [block()] }, 'volumeMode is Filesystem, asked for is Block'],
      [
        { volumeCapabilities: [fileSystem('SINGLE_NODE_WRITER', { fsType: 'ext4' })] },
        'fsType is xfs, asked for is ext4',
      ],
      [{ volumeCapabilities: [fileSystem('SINGLE_NODE_SINGLE_WRITER')] }, 'accessModes are ReadWriteOnce'],
    ])('refuses %j as ALREADY_EXISTS and names what differs', async (changes, words) => {
      const world = new World();
      await world.controller.createVolume(create(), world.call());
      const again = await outcome(world.controller.createVolume(create(changes), world.call()));
      expect(again).toMatch(/^ALREADY_EXISTS: volume pvc-1 exists and differs: /);
      expect(again).toContain(words);
    });

    it('does not mistake a volume that got its name from another request for its own', async () => {
      const world = new World();
      const { volume } = await world.controller.createVolume(create({ name: 'A B' }), world.call());
      const other = await outcome(world.controller.createVolume(create({ name: volume!.volumeId }), world.call()));
      expect(other).toMatch(/^ALREADY_EXISTS: .*requested as "A B"/);
    });

    it('is told to retry while the namesake is being deleted', async () => {
      const world = new World();
      await world.controller.createVolume(create(), world.call());
      world.cluster.paused.removal = true;
      await world.kube.delete(volumes, 'pvc-1');
      expect(await outcome(world.controller.createVolume(create(), world.call()))).toBe(
        'ABORTED: an earlier volume pvc-1 is still being deleted',
      );
    });
  });

  describe('without room', () => {
    it('takes the volume back and says per node what is lacking', async () => {
      const world = new World();
      world.cluster.noRoom = '2 nodes needed; n1: nvme0n1 is cordoned';
      expect(await outcome(world.controller.createVolume(create(), world.call()))).toBe(
        'RESOURCE_EXHAUSTED: volume pvc-1 cannot be provisioned: 2 nodes needed; n1: nvme0n1 is cordoned',
      );
      await world.clock.settle();
      expect(world.kube.all(volumes)).toEqual([]);
    });

    it('succeeds when asked again after room was made', async () => {
      const world = new World();
      world.cluster.noRoom = 'nothing';
      await outcome(world.controller.createVolume(create(), world.call()));
      await world.clock.settle();
      world.cluster.noRoom = undefined;
      expect(await outcome(world.controller.createVolume(create(), world.call()))).toBe('OK');
    });

    it('never deletes a volume that was changed after the verdict it saw', async () => {
      const world = new World();
      world.cluster.noRoom = 'nothing';
      world.kube.before = ({ verb }) => {
        if (verb !== 'delete') return;
        world.cluster.noRoom = undefined;
        world.kube.before = () => undefined;
        world.kube.edit(volumes, 'pvc-1', ({ status }) => (status!.conditions = []));
      };
      expect(await outcome(world.controller.createVolume(create(), world.call()))).toBe('OK');
      expect(world.volume('pvc-1').metadata.deletionTimestamp).toBeUndefined();
    });
  });

  it('takes back a volume whose spec cannot be honoured, and says why', async () => {
    const world = new World();
    world.cluster.paused.placement = true;
    const answer = outcome(world.controller.createVolume(create(), world.call()));
    await world.clock.settle();
    world.kube.edit(volumes, 'pvc-1', (volume) => {
      const condition = {
        type: 'Provisioned',
        status: 'False',
        reason: 'InvalidSpec',
        message: 'no',
        lastTransitionTime: '',
      } as const;
      volume.status = { conditions: [condition] };
    });
    expect(await answer).toBe('INVALID_ARGUMENT: volume pvc-1 cannot be provisioned: no');
    await world.clock.settle();
    expect(world.kube.all(volumes)).toEqual([]);
  });

  it('leaves the volume and says what it waits for when the time is up', async () => {
    const world = new World();
    world.kube.onChange(partitions, ({ metadata, status }) => {
      if (metadata.name !== 'pvc-1-1' || status?.state !== 'Created') return;
      world.kube.edit(partitions, 'pvc-1-1', (partition) => {
        const condition = {
          type: 'Ready',
          status: 'False',
          reason: 'NoSpace',
          message: 'nvme0n1 is full',
          lastTransitionTime: '',
        } as const;
        partition.status = { state: 'Requested', conditions: [condition] };
      });
    });
    world.cluster.paused.ownership = true;
    const answer = outcome(world.controller.createVolume(create(), world.call(10_000)));
    await world.clock.advance(10_000);
    expect(await answer).toBe(
      'DEADLINE_EXCEEDED: volume pvc-1: still waiting: partition pvc-1-1 on node n2: nvme0n1 is full',
    );
    expect(world.volume('pvc-1').metadata.deletionTimestamp).toBeUndefined();
  });

  it('answers before the caller gives up, and within 60 s when the caller names no time', async () => {
    const world = new World();
    world.cluster.paused.placement = true;
    const answers: string[] = [];
    for (const [name, ms] of [
      ['a', 10_000],
      ['b', undefined],
    ] as const) {
      const answer = outcome(world.controller.createVolume(create({ name }), world.call(ms)));
      void answer.then(() => answers.push(`${name} after ${world.clock.now() - Date.parse('2026-01-01')} ms`));
    }
    await world.clock.advance(60_000);
    expect(answers).toEqual(['a after 9000 ms', 'b after 59000 ms']);
  });

  it('answers ABORTED to a second call for the same volume, and lets others through', async () => {
    const world = new World();
    world.cluster.paused.placement = true;
    const first = outcome(world.controller.createVolume(create(), world.call()));
    expect(await outcome(world.controller.createVolume(create(), world.call()))).toBe(
      'ABORTED: an operation on volume pvc-1 is in progress',
    );
    world.cluster.paused.placement = false;
    world.cluster.wake('pvc-1');
    expect(await outcome(world.controller.createVolume(create({ name: 'pvc-2' }), world.call()))).toBe('OK');
    expect(await first).toBe('OK');
  });

  it('ends when the caller gives up, and the next call carries on', async () => {
    const world = new World();
    world.cluster.paused.placement = true;
    const caller = new AbortController();
    const first = outcome(world.controller.createVolume(create(), world.call(undefined, caller.signal)));
    await world.clock.settle();
    caller.abort();
    expect(await first).toMatch(/^CANCELLED: /);
    world.cluster.paused.placement = false;
    world.cluster.wake('pvc-1');
    expect(await outcome(world.controller.createVolume(create(), world.call()))).toBe('OK');
  });

  it('notices that the volume was deleted while it waited', async () => {
    const world = new World();
    world.cluster.paused.placement = true;
    const answer = outcome(world.controller.createVolume(create(), world.call()));
    await world.clock.settle();
    await world.kube.delete(volumes, 'pvc-1');
    expect(await answer).toMatch(/^ABORTED: .*deleted/);
  });

  it('waits for caches that lag instead of believing them', async () => {
    const world = new World();
    const release = world.kube.hold();
    const answer = outcome(world.controller.createVolume(create(), world.call()));
    await world.clock.settle();
    release();
    expect(await answer).toBe('OK');
  });

  it('is UNAVAILABLE while the API server does not answer', async () => {
    const world = new World();
    world.kube.before = () => {
      throw new Error('connect ECONNREFUSED');
    };
    expect(await outcome(world.controller.createVolume(create(), world.call()))).toBe(
      'UNAVAILABLE: the API server did not answer: connect ECONNREFUSED',
    );
  });
});
