import type {
  MeshStorMigration,
  MeshStorPartition,
  MeshStorVolume,
  MeshStorVolumeStatus,
} from '../../../src/api/model';
import { decide } from '../../../src/controllers/volume/cluster/decide';
import type { Candidate } from '../../../src/controllers/volume/cluster/placement';
import { viewOf, type View } from '../../../src/controllers/volume/cluster/view';
import { aPartition, aVolume, GiB, recordOf } from '../../support/objects';
import { aMigration } from '../migration/view';

const labelled = (node = 'node1') => ({ labels: { 'meshstor.io/consumer': node } });
const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const owner = (purpose: 'Initialize' | 'Attach' = 'Attach', nodeName = 'node1', epoch = 1) => ({
  nodeName,
  epoch,
  purpose,
});
const running: MeshStorVolumeStatus['array'] = { epoch: 1, state: 'Running', createdAt: '2026-01-01T00:00:00Z' };
const stopped: MeshStorVolumeStatus['array'] = { ...running, state: 'Stopped' };
const inUse: MeshStorVolumeStatus = {
  owner: owner(),
  nodeName: 'node1',
  array: running,
  inSync: [recordOf(0), recordOf(1)],
};
const partitions = [aPartition(0, 'node1'), aPartition(1, 'node2')];

const drive = (nodeName: string, change: Partial<Candidate> = {}): Candidate => ({
  nodeName,
  zone: undefined,
  device: 'nvme0n1',
  deviceID: `uuid.${nodeName}-nvme0n1`,
  sectorSize: 512,
  freeBytes: 100 * GiB,
  excluded: undefined,
  ...change,
});

interface Case {
  volume: MeshStorVolume;
  partitions?: readonly MeshStorPartition[];
  candidates?: readonly Candidate[];
  dead?: string[];
  overdue?: boolean;
  unfit?: string;
  promised?: readonly MeshStorPartition[];
  takenSlots?: number[];
  migrations?: readonly MeshStorMigration[];
}

const look = (given: Case): View =>
  viewOf({
    volume: given.volume,
    partitions: given.partitions ?? partitions,
    takenSlots: given.takenSlots ?? (given.partitions ?? partitions).map(({ spec }) => spec.slot),
    candidates: given.candidates ?? ['node1', 'node2', 'node3'].map((node) => drive(node)),
    deadNodes: new Set(given.dead),
    handoverOverdue: given.overdue ?? false,
    unfit: given.unfit,
    promised: given.promised ?? [],
    migrations: given.migrations ?? [],
  });

function steps(given: Case): [string | undefined, ...string[]] {
  const { rule, actions } = decide(look(given));
  return [
    rule,
    ...actions.map((action) => {
      switch (action.verb) {
        case 'createPartition':
          return `create ${action.slot} on ${action.spot.nodeName} for ${action.owner}`;
        case 'deletePartition':
          return `delete ${action.name}`;
        case 'alignPartition':
          return `align ${action.name} to ${action.epoch} for [${action.importers.join()}]`;
        case 'grant':
          return `grant ${action.owner.epoch} to ${action.owner.nodeName}: ${action.owner.purpose}`;
        case 'labelVolume':
          return `label ${action.consumer}`;
        default:
          return action.verb;
      }
    }),
  ];
}

const gone = (partition: MeshStorPartition): MeshStorPartition => ({
  ...partition,
  metadata: { ...partition.metadata, ...deleting },
});

describe('C1: a volume that is being deleted', () => {
  const volume = (spec: Partial<MeshStorVolume['spec']>, status: MeshStorVolumeStatus) =>
    aVolume(spec, status, { ...deleting, ...labelled() });
  test.each<[string, Case, string[]]>([
    ['waits while it is attached', { volume: volume({ nodeName: 'node1' }, inUse) }, []],
    ['waits while its array runs', { volume: volume({}, inUse) }, []],
    [
      'does not wait for an array on a dead node',
      { volume: volume({}, inUse), dead: ['node1'] },
      ['delete pvc-1-0', 'delete pvc-1-1'],
    ],
    [
      'deletes its partitions when the array is down',
      { volume: volume({}, { ...inUse, array: stopped }) },
      ['delete pvc-1-0', 'delete pvc-1-1'],
    ],
    [
      'waits until they are gone',
      { volume: volume({}, { ...inUse, array: stopped }), partitions: partitions.map(gone) },
      [],
    ],
    ['goes when they are', { volume: volume({}, { ...inUse, array: stopped }), partitions: [] }, ['dropFinalizer']],
    [
      'does not wait for partitions on dead nodes',
      { volume: volume({}, { ...inUse, array: stopped }), partitions: [gone(partitions[1]!)], dead: ['node2'] },
      ['dropFinalizer'],
    ],
    ['goes at once when nothing was placed', { volume: volume({}, {}), partitions: [] }, ['dropFinalizer']],
    [
      'is shown to its owner first, who could not let go of it otherwise',
      { volume: aVolume({}, inUse, deleting) },
      ['label node1'],
    ],
  ])('%s', (_, given, expected) => {
    expect(steps(given)).toEqual(['C1', ...expected]);
  });
});

test('C2: a volume made by hand gets the finalizer before anything is made for it', () => {
  expect(steps({ volume: aVolume({}, {}, { finalizers: [] }), partitions: [] })).toEqual(['C2', 'addFinalizer']);
});

describe('C3: a volume that cannot be honoured', () => {
  test.each(['pvc.1', 'x'.repeat(53), 'pvc-1-m0', '-pvc'])('is refused for its name: %s', (name) => {
    const decision = decide(look({ volume: aVolume({}, {}, { name }), partitions: [] }));
    expect(decision).toMatchObject({ rule: 'C3', actions: [], refusal: { reason: 'InvalidSpec' } });
    expect(decision.refusal?.message).toContain(name);
  });
  test('is refused for values that its schema does not allow, each named', () => {
    const decision = decide(look({ volume: aVolume({ numberOfCopies: 0, capacityBytes: 5 }), partitions: [] }));
    expect(decision).toMatchObject({ rule: 'C3', actions: [], refusal: { reason: 'InvalidSpec' } });
    expect(decision.refusal?.message).toMatch(
      /spec\.capacityBytes must be >= 536870912; spec\.numberOfCopies must be >= 1/,
    );
  });
  test('is refused for contradicting itself', () => {
    const decision = decide(look({ volume: aVolume({ migratable: true }), partitions: [] }));
    expect(decision).toMatchObject({ rule: 'C3', refusal: { reason: 'InvalidSpec' } });
  });
});

describe('C4: a partition that cannot be made', () => {
  const failed = (reason: string): MeshStorPartition => ({
    ...partitions[1]!,
    status: {
      state: 'Requested',
      conditions: [{ type: 'Ready', status: 'False', reason, message: '', lastTransitionTime: '' }],
    },
  });
  const volume = aVolume({}, { owner: owner('Initialize') }, labelled());
  test.each(['NoSpace', 'Foreign', 'DriveNotFound'])('is given up when its node says %s', (reason) => {
    expect(steps({ volume, partitions: [partitions[0]!, failed(reason)] })).toEqual(['C4', 'delete pvc-1-1']);
  });
  test('is kept when its node only cannot tell yet', () => {
    expect(steps({ volume, partitions: [partitions[0]!, failed('DriveUnreadable')] })).toEqual([undefined]);
  });
  test('takes the other drives of its copy along', () => {
    const broken = { ...aPartition(3, 'node2'), status: failed('NoSpace').status! };
    const four = [aPartition(0, 'node1'), aPartition(1, 'node1'), aPartition(2, 'node2'), broken];
    const wide = aVolume({ drivesPerCopy: 2 }, { owner: owner('Initialize') }, labelled());
    expect(steps({ volume: wide, partitions: four })).toEqual(['C4', 'delete pvc-1-2', 'delete pvc-1-3']);
  });
  test('is never given up once the array knows it', () => {
    expect(
      steps({
        volume: aVolume({ nodeName: 'node1' }, inUse, labelled()),
        partitions: [partitions[0]!, failed('NoSpace')],
      })[0],
    ).not.toBe('C4');
  });
});

describe('C5: placing', () => {
  test('puts every copy on a node of its own and names the first owner in the same step', () => {
    expect(steps({ volume: aVolume(), partitions: [] })).toEqual([
      'C5',
      'create 0 on node1 for node1',
      'create 1 on node2 for node1',
      'grant 1 to node1: Initialize',
    ]);
  });
  test('starts with the node the consumer is wanted on', () => {
    const topology = { preferred: [{ 'topology.csi.meshstor.io/node': 'node3' }] };
    expect(steps({ volume: aVolume({ topology }), partitions: [] })).toEqual([
      'C5',
      'create 0 on node3 for node3',
      'create 1 on node1 for node3',
      'grant 1 to node3: Initialize',
    ]);
  });
  test('places nothing when only some copies have room, and says what each node lacks', () => {
    const candidates = [
      drive('node1'),
      drive('node2', { freeBytes: GiB / 2 }),
      drive('node3', { excluded: 'is cordoned' }),
    ];
    const decision = decide(look({ volume: aVolume(), partitions: [], candidates }));
    expect(decision).toMatchObject({ rule: 'C5', actions: [], refusal: { reason: 'InsufficientCapacity' } });
    expect(decision.refusal?.message).toBe(
      '2 nodes needed; node1 can take a copy; node2: nvme0n1 has 0.50 GiB free in one piece, 1.00 GiB are needed; node3: nvme0n1 is cordoned',
    );
  });
  test('replaces a given-up copy on another node, under a slot that was never used', () => {
    const volume = aVolume({}, { owner: owner('Initialize') }, labelled());
    const given = { volume, partitions: [partitions[0]!, gone(partitions[1]!)] };
    expect(steps(given)).toEqual(['C5', 'create 2 on node2 for node1']);
  });
  test('passes over slots that an earlier volume of the name still has', () => {
    expect(steps({ volume: aVolume(), partitions: [], takenSlots: [0, 3] })).toContain('create 4 on node1 for node1');
  });
  test('never happens again after the array was made: from then on copies are added one by one (C11)', () => {
    const volume = aVolume({ nodeName: 'node1' }, inUse, labelled());
    expect(steps({ volume, partitions: [partitions[0]!] })).toEqual(['C11', 'createMigration']);
  });
  test.each<
    [string, Partial<MeshStorMigration['spec']>, NonNullable<MeshStorMigration['status']>['phase'], boolean, boolean]
  >([
    ['failed', {}, 'Failed', false, false],
    ['failed as somebody’s own', {}, 'Failed', true, true],
    ['failed as a dry run', { dryRun: true }, 'Failed', true, false],
    ['was cancelled by somebody', { cancelled: true }, 'Cancelled', false, false],
    ['became needless and was needed again', {}, 'Cancelled', true, false],
    ['was another one', { target: { nodeName: 'node7' } }, 'Failed', true, false],
    ['was made', {}, 'Completed', true, false],
  ])('C11: a move that %s is asked for again or not', (_, spec, phase, again, person) => {
    const volume = aVolume({ nodeName: 'node1' }, inUse, labelled());
    const ended = aMigration({ reason: 'Scaling', ...spec }, { phase: phase! });
    const former = { ...ended, metadata: { ...ended.metadata, name: person ? 'theirs' : 'pvc-1.1' } };
    const given = { volume, partitions: [partitions[0]!], migrations: [former] };
    expect(steps(given)).toEqual(again ? ['C11', 'createMigration'] : [undefined]);
  });
  test('C11: a partition that somebody wants moved is', () => {
    const volume = aVolume({ nodeName: 'node1' }, inUse, labelled());
    const unwanted = { ...partitions[1]!, spec: { ...partitions[1]!.spec, evictRequested: true } };
    const { actions } = decide(look({ volume, partitions: [partitions[0]!, unwanted] }));
    expect(actions).toMatchObject([{ move: { reason: 'Evacuation', source: { nodeName: 'node2' } } }]);
  });
  test('C11: no copy is missed that was asked for and cannot be seen yet', () => {
    const volume = aVolume({ nodeName: 'node1' }, inUse, labelled());
    const unseen = { volume, partitions: [partitions[0]!], promised: [partitions[1]!] };
    expect(steps(unseen)).toEqual([undefined]);
  });
});

test('C6: placed partitions without an owner get one, so that a crash in between does no harm', () => {
  expect(steps({ volume: aVolume() })).toEqual(['C6', 'grant 1 to node1: Initialize']);
  expect(steps({ volume: aVolume({ nodeName: 'node3' }) })).toEqual(['C6', 'grant 1 to node3: Attach']);
});

describe('C7: attaching to the owner', () => {
  test('keeps the epoch', () => {
    const volume = aVolume(
      { nodeName: 'node1' },
      { ...inUse, nodeName: undefined, owner: owner('Initialize', 'node1', 4) },
      labelled(),
    );
    expect(steps({ volume })).toEqual(['C7', 'grant 4 to node1: Attach']);
  });
  test('is done once', () => {
    expect(steps({ volume: aVolume({ nodeName: 'node1' }, inUse, labelled()) })).toEqual([undefined]);
  });
});

describe('C8: attaching to another node', () => {
  const volume = (status: MeshStorVolumeStatus) => aVolume({ nodeName: 'node2' }, status, labelled());
  const handed = ['C8', 'grant 2 to node2: Attach'];
  test.each<[string, Case, string[]]>([
    ['waits for the owner to stop', { volume: volume(inUse) }, ['C8']],
    ['raises the epoch when it has', { volume: volume({ ...inUse, array: stopped }) }, handed],
    ['raises the epoch when it is dead', { volume: volume(inUse), dead: ['node1'] }, handed],
    ['raises the epoch when it had its time', { volume: volume(inUse), overdue: true }, handed],
    ['waits while that node cannot run arrays', { volume: volume({ ...inUse, array: stopped }), unfit: 'old' }, ['C8']],
    [
      'does not take a stop of an earlier epoch for one',
      { volume: volume({ ...inUse, owner: owner('Attach', 'node1', 2), array: stopped }) },
      ['C8'],
    ],
  ])('%s', (_, given, expected) => {
    expect(steps(given)).toEqual(expected);
  });
});

test('C9: every partition follows the owner: its epoch, who may import it, who watches it', () => {
  const volume = aVolume({ nodeName: 'node2' }, { ...inUse, nodeName: 'node2', owner: owner('Attach', 'node2', 2) });
  expect(steps({ volume })).toEqual(['C9', 'align pvc-1-0 to 2 for [node2]', 'align pvc-1-1 to 2 for []']);
});

test('C10: the volume is shown to its owner', () => {
  expect(steps({ volume: aVolume({ nodeName: 'node1' }, inUse) })).toEqual(['C10', 'label node1']);
});
