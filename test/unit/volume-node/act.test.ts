import { arrayUUID, fileSystemUUID, hostIdentity, partitionUUID } from '../../../src/api/identity';
import type { MeshStorVolume } from '../../../src/api/model';
import { partitions, volumes } from '../../../src/api/resources';
import { act, type Hands } from '../../../src/controllers/volume/node/act';
import type { Action, Verbs } from '../../../src/controllers/volume/node/actions';
import { Attempts } from '../../../src/controllers/volume/node/attempts';
import { StaleView, VolumeRecord } from '../../../src/controllers/volume/node/record';
import type { OwnedView } from '../../../src/controllers/volume/node/view';
import type { HostAgent } from '../../../src/host/contract';
import { AddMode, ArrayLevel, Transport } from '../../../src/host/gen/host';
import { FakeClock } from '../../support/fake-clock';
import { anImport, aPartition, memberUUIDOf, recordOf, volumeUID } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { attached, createdAt, inUse, look } from './view';

interface HostCall {
  readonly verb: string;
  readonly request: unknown;
  readonly options: unknown;
}

/** node1 with a host agent that does what it is told, and keeps what that was. */
function node(view: OwnedView = look()) {
  const api = new ApiDouble();
  const calls: HostCall[] = [];
  const volume = api.seed(volumes, view.volume);
  const host = new Proxy({} as HostAgent, {
    get: (_, verb: string) => (request: unknown, options: unknown) => {
      calls.push({ verb, request, options });
      return Promise.resolve({});
    },
  });
  const hands: Hands = {
    host,
    record: new VolumeRecord(api, 'node1'),
    attempts: new Attempts(new FakeClock()),
    nodeName: 'node1',
    now: () => '2026-01-01T00:10:00Z',
    again: jest.fn(),
    volume: { uid: volumeUID, name: 'pvc-1' },
  };
  const seen = { ...view, volume };
  return {
    api,
    calls,
    hands,
    act: (action: Action) => act(hands, seen, seen, action),
    /** On a stack of somebody else's. */
    actUnowned: (action: Action) => act(hands, seen, undefined, action),
    edit: (change: (volume: MeshStorVolume) => void) => api.edit(volumes, 'pvc-1', change),
    now: () => api.peek(volumes, 'pvc-1')!,
  };
}

const volume = { uid: volumeUID, name: 'pvc-1' };
const array = { volume, arrayUuid: arrayUUID(volumeUID) };
const [local, remote] = look().legs as [OwnedView['legs'][number], OwnedView['legs'][number]];
const uuids = [0, 1].map((slot) => partitionUUID(volumeUID, slot));

/** Every verb, and what the host agent is asked for; nothing where the verb only writes the record. */
const requests: { [V in keyof Verbs]: [Verbs[V], string, object] | [Verbs[V]] } = {
  suspendDevice: [{}, 'suspendVolumeDevice', { volume }],
  resumeDevice: [{ isOwner: false }, 'resumeVolumeDevice', { volume }],
  removeDevice: [{}, 'removeVolumeDevice', { volume }],
  applyDevice: [{}, 'applyVolumeDevice', array],
  stopArray: [{}, 'stopArray', array],
  createArray: [
    { slots: [0, -1], remoteSlots: [] },
    'createArray',
    { ...array, level: ArrayLevel.RAID1, raidDevices: 2, near: 2, slots: [0, -1], writeMostlySlots: [] },
  ],
  assembleArray: [
    { members: [{ slot: 1, memberUUID: memberUUIDOf(1) }], degraded: true },
    'assembleArray',
    { ...array, members: [{ slot: 1, memberUuid: memberUUIDOf(1) }], allowDegraded: true },
  ],
  addToArray: [
    { leg: remote, mode: 'inFull' },
    'addArrayMember',
    { ...array, slot: 1, mode: AddMode.FULL, writeMostly: true },
  ],
  removeFromArray: [{ slot: 1 }, 'removeArrayMember', { ...array, slot: 1 }],
  dropFromArray: [{ slot: 1 }, 'dropArrayMember', { ...array, slot: 1 }],
  replaceInArray: [{ slot: 0, withSlot: 2 }, 'replaceArrayMember', { ...array, slot: 0, withSlot: 2 }],
  setRoles: [{ raidDevices: 3 }, 'setArrayDevices', { ...array, raidDevices: 3 }],
  setSyncLimits: [
    { floor: 2_000, ceiling: 3_000 },
    'setSyncLimits',
    { ...array, minKibPerSecond: 2_000, maxKibPerSecond: 3_000 },
  ],
  applyMember: [
    { leg: remote },
    'applyMember',
    {
      volume,
      slot: 1,
      epoch: 1,
      source: { partitionUuid: uuids[1], nqn: anImport(1).nqn, namespaceUuid: anImport(1).namespaceUuid },
    },
  ],
  queue: [{ slot: 1 }, 'setMemberPolicy', { volume, slot: 1, queueing: true }],
  fail: [{ slot: 1 }, 'setMemberPolicy', { volume, slot: 1, queueing: false }],
  removeMember: [{ slot: 1 }, 'removeMember', { volume, slot: 1 }],
  connect: [
    { leg: remote },
    'connect',
    {
      volume,
      nqn: anImport(1).nqn,
      namespaceUuid: anImport(1).namespaceUuid,
      endpoint: { transport: Transport.TCP, address: '10.0.0.2', port: 4420 },
      hostNqn: hostIdentity('node1').hostNQN,
      hostId: hostIdentity('node1').hostID,
    },
  ],
  disconnect: [{ nqn: 'nqn.x' }, 'disconnect', { nqn: 'nqn.x' }],
  format: [{}, 'formatVolume', { volume, fileSystem: { type: 'xfs', uuid: fileSystemUUID(volumeUID) } }],
  record: [{ inSync: [recordOf(0)], departed: [] }],
  recordFormatted: [{}],
};
const actionOf = (verb: keyof Verbs): Action => ({ verb, ...requests[verb][0] }) as Action;
const verbs = Object.keys(requests) as (keyof Verbs)[];

describe('every action is one request of the host agent', () => {
  test.each(verbs.filter((verb) => requests[verb].length > 1))('%s', async (verb) => {
    const { calls, act: run } = node();
    await run(actionOf(verb));
    const [, method, request] = requests[verb];
    expect(calls.map(({ verb: called, request: asked }) => [called, asked])).toEqual([[method, request]]);
  });

  test('a local member is a partition of this node, and read from first', async () => {
    const { calls, act: run } = node();
    await run({ verb: 'applyMember', leg: local });
    await run({ verb: 'addToArray', leg: local, mode: 'inFull' });
    expect(calls.map(({ request }) => request)).toEqual([
      { volume, slot: 0, epoch: 1, source: { partitionUuid: uuids[0] }, driveSession: '' },
      { ...array, slot: 0, mode: AddMode.FULL, writeMostly: false },
    ]);
  });

  test('a RAID10 is made with its mirrors, remote members to be read from last', async () => {
    const four = ['node1', 'node1', 'node2', 'node2'].map((name, slot) => aPartition(slot, name));
    const { calls, act: run } = node(look({ volume: attached(inUse, { drivesPerCopy: 2 }), partitions: four }));
    await run({ verb: 'createArray', slots: [0, -1, 1, -1], remoteSlots: [2] });
    expect(calls[0]?.request).toMatchObject({
      level: ArrayLevel.RAID10,
      raidDevices: 4,
      near: 2,
      slots: [0, -1, 1, -1],
      writeMostlySlots: [2],
    });
  });

  test('RDMA is used where the provider serves it', async () => {
    const { calls, act: run } = node();
    const { partition } = remote;
    const status = {
      ...partition.status,
      export: { ...partition.status!.export!, transport: 'rdma' as const, port: 4421 },
    };
    await run({ verb: 'connect', leg: { ...remote, partition: { ...partition, status } } });
    expect(calls[0]?.request).toMatchObject({ endpoint: { transport: Transport.RDMA, port: 4421 } });
  });

  test.each(['createArray', 'assembleArray', 'stopArray', 'format'] as const)('%s may take its time', async (verb) => {
    const { calls, act: run } = node();
    await run(actionOf(verb));
    expect(calls[0]?.options).toEqual({ deadlineMs: 60_000 });
  });
});

/** What an owner whose time is over, or whose record is another by now, must not do. */
const guarded = [
  'createArray',
  'assembleArray',
  'addToArray',
  'fail',
  'resumeDevice',
  'format',
  'dropFromArray',
  'replaceInArray',
  'setRoles',
] as const;

describe('what only the rightful owner may do', () => {
  test.each(guarded)('%s follows a read from etcd, at once', async (verb) => {
    const { api, calls, act: run } = node();
    let before: number | undefined;
    api.before = () => void (before = calls.length);
    await run(actionOf(verb));
    expect(before).toBe(0);
    expect(api.calls.map(({ path }) => path)).toEqual(['meshstorvolumes/pvc-1']);
  });
  test.each(guarded)('%s does not happen when another owner was named', async (verb) => {
    const { calls, act: run, edit } = node();
    edit(({ status }) => (status!.owner = { nodeName: 'node2', epoch: 2, purpose: 'Attach' }));
    await expect(run(actionOf(verb))).rejects.toBeInstanceOf(StaleView);
    expect(calls).toEqual([]);
  });
  test.each(guarded)('%s does not happen when the record is another', async (verb) => {
    const { calls, act: run, edit } = node();
    edit(({ status }) => (status!.inSync = [recordOf(1)]));
    await expect(run(actionOf(verb))).rejects.toBeInstanceOf(StaleView);
    expect(calls).toEqual([]);
  });
  test.each(guarded)('%s does not happen when etcd cannot be asked', async (verb) => {
    const { api, calls, act: run } = node();
    api.before = () => {
      throw new Error('socket hang up');
    };
    await expect(run(actionOf(verb))).rejects.toThrow('socket hang up');
    expect(calls).toEqual([]);
  });
  test.each(verbs.filter((verb) => !(guarded as readonly string[]).includes(verb) && !/^record/.test(verb)))(
    '%s needs no read',
    async (verb) => {
      const { api, act: run } = node();
      await run(actionOf(verb));
      expect(api.calls).toEqual([]);
    },
  );
});

describe('a stack of somebody else', () => {
  test.each(['suspendDevice', 'removeDevice', 'stopArray', 'fail', 'removeMember', 'disconnect'] as const)(
    'is taken down without asking: %s',
    async (verb) => {
      const { api, calls, actUnowned } = node();
      await actUnowned(actionOf(verb));
      expect(calls).toHaveLength(1);
      expect(api.calls).toEqual([]);
    },
  );
  test.each(['createArray', 'assembleArray', 'addToArray', 'resumeDevice', 'format', 'record', 'applyMember'] as const)(
    'is never built on: %s',
    async (verb) => {
      const { calls, actUnowned } = node();
      await expect((async () => actUnowned(actionOf(verb)))()).rejects.toThrow(
        'was decided on a stack of another owner',
      );
      expect(calls).toEqual([]);
    },
  );
});

describe('recording', () => {
  test('is durable when it returns, and gives the volume as written', async () => {
    const { act: run, now } = node();
    const written = await run({ verb: 'record', inSync: [recordOf(0)], departed: [] });
    expect(written).toEqual(now());
    expect(now().status).toMatchObject({ inSync: [recordOf(0)], array: { createdAt } });
  });
  describe('N14: a member that enters it', () => {
    const gain: Action = { verb: 'record', inSync: [recordOf(0), recordOf(1)], departed: [] };
    const joined = () => {
      const world = node(look({ volume: attached({ ...inUse, inSync: [recordOf(0)] }) }));
      world.api.seed(partitions, aPartition(1, 'node2'));
      return world;
    };
    test('is recorded while its partition stays', async () => {
      const { act: run, now } = joined();
      await run(gain);
      expect(now().status!.inSync).toEqual([recordOf(0), recordOf(1)]);
    });
    test.each<[string, (world: ReturnType<typeof joined>) => void]>([
      [
        'being deleted',
        ({ api }) => api.edit(partitions, 'pvc-1-1', ({ metadata }) => (metadata.deletionTimestamp = createdAt)),
      ],
      ["gone, and a namesake's", ({ api }) => api.edit(partitions, 'pvc-1-1', ({ metadata }) => (metadata.uid = 'x'))],
      ['gone', ({ api }) => api.erase(partitions, 'pvc-1-1')],
    ])('is not recorded when its partition is %s in etcd: it is being erased', async (_, change) => {
      const world = joined();
      change(world);
      await expect(world.act(gain)).rejects.toBeInstanceOf(StaleView);
      expect(world.now().status!.inSync).toEqual([recordOf(0)]);
    });
  });
  test('that the file system was made keeps the rest of the record', async () => {
    const { formattedAt: _, ...blank } = inUse;
    const { act: run, now } = node(look({ volume: attached(blank) }));
    await run({ verb: 'recordFormatted' });
    expect(now().status).toMatchObject({ formattedAt: '2026-01-01T00:10:00Z', inSync: inUse.inSync });
  });
  test('is the only action that gives a volume', async () => {
    const { act: run } = node();
    for (const verb of verbs.filter((name) => !/^record/.test(name))) expect(await run(actionOf(verb))).toBeUndefined();
  });
});

test('connecting holds nothing up, and asks for another pass when it ended', async () => {
  const { hands } = node();
  const view = look();
  let answer: () => void = () => undefined;
  const host = { connect: () => new Promise((resolve) => (answer = () => resolve({}))) } as unknown as HostAgent;
  await act({ ...hands, host }, view, view, { verb: 'connect', leg: remote });
  expect(hands.attempts.pending().has(remote.nqn)).toBe(true);
  expect(hands.again).not.toHaveBeenCalled();
  answer();
  await new Promise((resolve) => setImmediate(resolve));
  expect(hands.again).toHaveBeenCalledTimes(1);
});
