import { volumes } from '../../../src/api/resources';
import { HostError } from '../../../src/host/errors';
import { ApiError } from '../../../src/runtime/kube/client';
import { aPartition, aVolume, recordOf } from '../../support/objects';
import { node, owner, runningNode, syncingNode } from './world';

const settled = { kind: 'settled' };
const apply = 'apply meshstorvolumes/pvc-1';

test('nothing is written or touched when nothing changed', async () => {
  const { api, stack, reconcile } = await runningNode();
  expect(await reconcile()).toEqual(settled);
  expect(api.calls).toEqual([]);
  expect(stack.effects).toEqual([]);
});

describe('a new volume that nobody waits for', () => {
  const fresh = () => node(aVolume({}, { owner: owner('Initialize') }));

  test('is built before anything is written, and then written once: made, and in sync', async () => {
    const { api, clock, stack, reconcile, queue, status } = fresh();
    expect(await reconcile()).toMatchObject({ kind: 'wait' });
    await clock.settle();
    expect(queue).toHaveLength(1);
    await reconcile();
    stack.synchronise();
    await clock.advance(300);
    await reconcile();
    expect(api.writes).toEqual([apply]);
    expect(status()).toMatchObject({ mdState: 'active', ready: '2/2', inSync: [{ slot: 0 }, { slot: 1 }] });
    expect(stack.device).toBeDefined();
  });

  test('has its device reported a while later', async () => {
    const { clock, stack, settle, reconcile, status } = fresh();
    await settle();
    stack.synchronise();
    await clock.advance(300);
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 5_000 });
    expect(status().array?.device).toBeUndefined();
    await clock.advance(5_000);
    await reconcile();
    expect(status().array?.device).toBeDefined();
  });

  test('is written once, when it is in sync, if md will be done within ten seconds', async () => {
    const { api, clock, stack, settle, reconcile, recorded, status } = fresh();
    await settle();
    Object.assign(stack.array!, { syncDone: 20, syncTotal: 100 });
    await clock.advance(1_000);
    expect(await reconcile()).toEqual({ kind: 'wait', ms: 1_000, for: 'the first synchronisation' });
    expect(api.writes).toEqual([]);
    stack.synchronise();
    await clock.advance(4_000);
    await reconcile();
    expect(api.writes).toEqual([apply]);
    expect([recorded(), status().ready]).toEqual([[0, 1], '2/2']);
  });

  test('is recorded with what is in sync after a second, however long the synchronisation takes', async () => {
    const { clock, settle, reconcile, recorded, status } = fresh();
    await settle();
    expect(recorded()).toEqual([]);
    await clock.advance(999);
    await reconcile();
    expect(recorded()).toEqual([]);
    await clock.advance(1);
    await reconcile();
    expect(recorded()).toEqual([0]);
    expect(status().array?.createdAt).toBe('2026-01-01T00:00:01Z');
  });

  test('is not formatted before somebody uses it', async () => {
    const { clock, edit, stack, settle, ready } = fresh();
    await settle();
    await clock.advance(1_000);
    await settle();
    await clock.advance(5_000);
    await settle();
    expect([stack.formats, ready()?.reason]).toEqual([0, 'NotFormatted']);
    edit(({ spec, status }) => {
      spec.nodeName = 'node1';
      status!.owner!.purpose = 'Attach';
    });
    await settle();
    expect([stack.formats, ready()?.status]).toEqual([1, 'True']);
  });

  test('is made anew by a process that finds it unrecorded: nobody was ever given it', async () => {
    const { clock, stack, settle, restart, recorded } = fresh();
    await settle();
    stack.array = undefined;
    stack.members.clear();
    stack.imports.clear();
    stack.calls.length = 0;
    restart();
    await settle();
    expect(stack.effects.filter((call) => call.startsWith('createArray'))).toHaveLength(1);
    expect(stack.effects.filter((call) => call.startsWith('assembleArray'))).toEqual([]);
    await clock.advance(1_000);
    await settle();
    expect(recorded()).toEqual([0]);
  });
});

describe('a file system', () => {
  const building = () => node(aVolume({ nodeName: 'node1' }, { owner: owner() }));
  test('is made once, also when its record was lost on the way', async () => {
    const { api, stack, settle, reconcile, status } = building();
    api.after = ({ verb, body }) => {
      if (verb === 'apply' && JSON.stringify(body).includes('formattedAt')) throw new Error('socket hang up');
    };
    await expect(settle()).rejects.toThrow('socket hang up');
    api.after = () => undefined;
    await reconcile();
    expect(stack.formats).toBe(1);
    expect(status().formattedAt).toBeDefined();
  });
  test('is never made while the cache does not show that it was', async () => {
    const { api, stack, settle, reconcile } = building();
    await settle();
    const { formattedAt } = api.peek(volumes, 'pvc-1')!.status!;
    api.edit(volumes, 'pvc-1', ({ status }) => delete status!.formattedAt);
    api.hold();
    api.edit(volumes, 'pvc-1', ({ status }) => (status!.formattedAt = formattedAt!));
    expect(await reconcile()).toEqual({ kind: 'wait', ms: 20, for: expect.stringContaining('formattedAt') as string });
    expect(stack.formats).toBe(1);
  });
});

describe('what is written when', () => {
  test('progress is written every 5 s while md goes on, and its end at once', async () => {
    const { api, clock, stack, reconcile, status } = await syncingNode();
    const array = stack.array!;
    const progress = (done: number) => Object.assign(array, { syncDone: done, syncTotal: 100 });
    progress(10);
    // The record was the last write.
    await clock.advance(5_000);
    await reconcile();
    expect(status().syncPercentage).toBe('10.0%');
    progress(20);
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 5_000 });
    await clock.advance(4_999);
    progress(30);
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 1 });
    expect(status().syncPercentage).toBe('10.0%');
    await clock.advance(1);
    await reconcile();
    expect(status().syncPercentage).toBe('30.0%');
    await clock.advance(100);
    stack.synchronise();
    await reconcile();
    expect(status()).toMatchObject({ mdState: 'active', ready: '2/2' });
    expect(status()).not.toHaveProperty('syncPercentage');
    expect(api.count('apply')).toBe(3);
  });

  test('a failure of the host is a failure of the pass, and the condition says it', async () => {
    const { stack, edit, reconcile, ready, events } = await runningNode();
    edit(({ spec }) => (spec.releasedEpoch = 1));
    stack.before = (verb) => {
      if (verb === 'stopArray') throw new HostError('Busy', 'somebody has it open');
    };
    await expect(reconcile()).rejects.toThrow('somebody has it open');
    edit(({ spec }) => delete spec.releasedEpoch);
    stack.before = (verb) => {
      if (verb === 'applyVolumeDevice') throw new HostError('Timeout', 'dmsetup hangs');
    };
    await expect(reconcile()).rejects.toThrow('dmsetup hangs');
    expect(ready()).toMatchObject({ status: 'False', reason: 'HostTimeout', message: 'dmsetup hangs' });
    await expect(reconcile()).rejects.toThrow('dmsetup hangs');
    expect(events.list.filter((line) => line.includes('HostTimeout'))).toHaveLength(1);
    stack.before = () => undefined;
    expect(await reconcile()).toEqual(settled);
    expect(ready()?.status).toBe('True');
  });

  test('a record that cannot be written is a failure: no member is let go of, and nobody is answered', async () => {
    const { api, stack, reconcile, recorded } = await runningNode();
    stack.lose(recordOf(1).partitionUUID);
    api.before = ({ verb }) => {
      if (verb === 'apply') throw new ApiError(500, 'InternalError', 'etcd is away');
    };
    await expect(reconcile()).rejects.toThrow('etcd is away');
    expect(stack.effects).toEqual(['suspendVolumeDevice']);
    expect(stack.write()).toBe(false);
    expect(recorded()).toEqual([0, 1]);
    api.before = () => undefined;
    await reconcile();
    expect(recorded()).toEqual([0]);
    expect(stack.write()).toBe(true);
  });
});

test('a volume of which nothing is here and that is not in etcd asks for nothing', async () => {
  const { api, stack, reconcile } = node(aVolume());
  api.erase(volumes, 'pvc-1');
  expect(await reconcile()).toEqual(settled);
  expect(stack.effects).toEqual([]);
});

test('a volume with more members than one pass has rounds for is gone on with', async () => {
  const volume = aVolume({ nodeName: 'node1', numberOfCopies: 8, drivesPerCopy: 8 }, { owner: owner() });
  const all = Array.from({ length: 64 }, (_, slot) => aPartition(slot, `node${(slot >> 3) + 1}`));
  const { reconcile, stack } = node(volume, all);
  expect(await reconcile()).toEqual({ kind: 'wait', ms: 1_000, for: 'more to do' });
  await reconcile();
  expect(stack.array?.members).toHaveLength(64);
});
