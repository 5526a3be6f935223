import { volumes } from '../../../src/api/resources';
import { HostError } from '../../../src/host/errors';
import { ArrayMemberState, ImportState } from '../../../src/host/gen/host';
import { anImport, recordOf } from '../../support/objects';
import { runningNode, syncingNode } from './world';

const settled = { kind: 'settled' };
const elsewhere = { nodeName: 'node2', epoch: 2, purpose: 'Attach' as const };

describe('N4: a member that is lost', () => {
  test('is recorded, let fail and taken out; back again, it is synchronised from the start and recorded last', async () => {
    const { stack, settle, recorded, status } = await runningNode();
    stack.lose(recordOf(1).partitionUUID);
    await settle();
    expect(recorded()).toEqual([0]);
    expect(stack.effects).toEqual(['fail 1']);
    stack.write();
    await settle();
    expect(stack.effects).toEqual(['fail 1', 'removeArrayMember 1']);
    stack.bringBack(recordOf(1).partitionUUID);
    await settle();
    expect(stack.effects.slice(2)).toEqual(['applyMember 1', 'addArrayMember 1']);
    expect(recorded()).toEqual([0]);
    expect(status()).toMatchObject({ mdState: 'recovering', ready: '1/2', degradedDevices: 1 });
    stack.synchronise();
    await settle();
    expect(recorded()).toEqual([0, 1]);
  });

  test('is not let fail on the word of a cache that does not show yet that it was recorded', async () => {
    const { api, stack, reconcile, recorded } = await syncingNode();
    api.hold(volumes);
    stack.synchronise();
    await reconcile();
    expect(recorded()).toEqual([0, 1]);
    stack.lose(recordOf(1).partitionUUID);
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 20 });
    expect(stack.effects).not.toContain('fail 1');
    expect(stack.write()).toBe(false);
  });

  test('is looked at less and less often while the cache does not follow, and at once when it did', async () => {
    const { api, stack, reconcile } = await syncingNode();
    const catchUp = api.hold(volumes);
    stack.synchronise();
    await reconcile();
    stack.lose(recordOf(1).partitionUUID);
    const waits: unknown[] = [];
    for (let n = 0; n < 8; n++) waits.push(await reconcile());
    expect(waits.map((wait) => (wait as { ms: number }).ms)).toEqual([20, 40, 80, 160, 320, 640, 1_280, 1_280]);
    catchUp();
    await reconcile();
    expect(stack.effects).toContain('fail 1');
  });

  test('that comes back before it is let fail stays in sync, with nothing to do but to load its path', async () => {
    const { stack, settle, recorded } = await runningNode();
    stack.lose(recordOf(1).partitionUUID);
    stack.bringBack(recordOf(1).partitionUUID);
    await settle();
    expect(stack.effects).toEqual(['applyMember 1']);
    expect(recorded()).toEqual([0, 1]);
  });

  test('and refuses to come back holds nothing else up, and is tried again after 2 s', async () => {
    const { clock, stack, settle, queue, ready, events } = await runningNode();
    stack.lose(recordOf(1).partitionUUID);
    await settle();
    stack.write();
    await settle();
    stack.bringBack(recordOf(1).partitionUUID);
    stack.before = (verb) => {
      if (verb === 'addArrayMember') throw new HostError('Invalid', 'it is too small');
    };
    await settle();
    expect(ready()?.status).toBe('True');
    expect(events.list).toEqual(['Normal Assembled pvc-1']);
    stack.before = () => undefined;
    queue.length = 0;
    await clock.advance(1_999);
    expect(queue).toEqual([]);
    await clock.advance(1);
    expect(queue).toHaveLength(1);
    await settle();
    expect(stack.array?.members.map(({ state }) => state)).toEqual([
      ArrayMemberState.IN_SYNC,
      ArrayMemberState.RECOVERING,
    ]);
  });
});

describe('a local drive that refuses', () => {
  test('does not keep the other copy from serving', async () => {
    const { stack, api, edit, settle, recorded, ready } = await runningNode();
    stack.array = stack.device = undefined;
    stack.members.clear();
    stack.lose(recordOf(0).partitionUUID);
    edit(({ status }) => (status!.partitions = [{ name: 'pvc-1-0', nodeID: 'node1', state: 'Faulty' }]));
    api.calls.length = 0;
    await settle();
    expect(recorded()).toEqual([1]);
    expect(ready()?.status).toBe('True');
  });
});

describe('N1: a node that is the owner no more', () => {
  test('finds out by its providers, freezes what is open, and takes the rest down when it is closed', async () => {
    const { api, stack, edit, reconcile } = await runningNode();
    stack.device!.openCount = 1;
    const catchUp = api.hold();
    edit(({ status }) => (status!.owner = elsewhere));
    stack.imports.get(anImport(1).nqn)!.state = ImportState.FENCED;
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 5_000 });
    expect(stack.effects).toEqual(['suspendVolumeDevice']);
    expect(stack.write()).toBe(false);
    stack.device!.openCount = 0;
    await reconcile();
    expect(stack.effects.slice(1)).toEqual([
      'removeVolumeDevice',
      'stopArray',
      'removeMember 0',
      'removeMember 1',
      'disconnect',
    ]);
    expect(api.writes).toEqual([]);
    catchUp();
    expect(await reconcile()).toEqual(settled);
  });

  test('stays frozen while its cache does not show the new owner yet, and nobody fences it any more', async () => {
    const { api, stack, edit, reconcile } = await runningNode();
    stack.device!.openCount = 1;
    api.hold();
    edit(({ status }) => (status!.owner = elsewhere));
    const path = stack.imports.get(anImport(1).nqn)!;
    path.state = ImportState.FENCED;
    await reconcile();
    path.state = ImportState.LIVE;
    await reconcile();
    expect(stack.effects).toEqual(['suspendVolumeDevice']);
    expect(stack.device?.suspended).toBe(true);
  });

  test('answers nobody until it is told, and goes on when the fence has gone and etcd says it still is the owner', async () => {
    const { stack, reconcile } = await runningNode();
    const path = stack.imports.get(anImport(1).nqn)!;
    path.state = ImportState.FENCED;
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 5_000 });
    expect(stack.effects).toEqual(['suspendVolumeDevice']);
    path.state = ImportState.LIVE;
    await reconcile();
    expect(stack.effects).toEqual(['suspendVolumeDevice', 'resumeVolumeDevice']);
  });

  test('answers nobody although the API server is away, and not before that is back either', async () => {
    const { api, stack, reconcile } = await runningNode();
    const path = stack.imports.get(anImport(1).nqn)!;
    path.state = ImportState.FENCED;
    api.before = () => {
      throw new Error('no route to host');
    };
    await expect(reconcile()).rejects.toThrow('no route to host');
    path.state = ImportState.LIVE;
    await expect(reconcile()).rejects.toThrow('no route to host');
    expect(stack.device?.suspended).toBe(true);
    api.before = () => undefined;
    await reconcile();
    expect(stack.device?.suspended).toBe(false);
  });

  test('asks etcd although what is below its device does not end, and resumes it in the end', async () => {
    const { api, stack, reconcile } = await runningNode();
    const path = stack.imports.get(anImport(1).nqn)!;
    path.state = ImportState.FENCED;
    stack.before = (verb) => {
      if (verb === 'suspendVolumeDevice') throw new HostError('Timeout', 'a write does not end');
    };
    expect(await reconcile()).toMatchObject({ kind: 'wait', ms: 5_000 });
    expect(api.count('get', 'meshstorvolumes/pvc-1')).toBe(1);
    await reconcile();
    expect(stack.effects).toEqual(['suspendVolumeDevice']);
    path.state = ImportState.LIVE;
    await reconcile();
    await reconcile();
    expect(stack.effects).toEqual(['suspendVolumeDevice', 'resumeVolumeDevice']);
  });

  test('does not take down what it built, because its cache shows an epoch of long ago', async () => {
    const { api, stack, edit, reconcile } = await runningNode();
    for (const member of stack.members.values()) member.epoch = 3;
    api.hold();
    edit(({ status }) => (status!.owner!.epoch = 3));
    await reconcile().catch(() => undefined);
    expect(stack.device).toBeDefined();
    expect(stack.effects.filter((call) => /remove|stop|suspend/.test(call))).toEqual([]);
  });
});

describe('N2: an owner whose consumer let go', () => {
  test('takes the stack down and says that it is stopped, in one write', async () => {
    const { api, stack, edit, reconcile, status, ready } = await runningNode();
    edit(({ spec }) => (spec.releasedEpoch = 1));
    expect(await reconcile()).toEqual(settled);
    expect(stack.effects.slice(0, 2)).toEqual(['removeVolumeDevice', 'stopArray']);
    expect(status().array).toMatchObject({ epoch: 1, state: 'Stopped' });
    expect(status().array).not.toHaveProperty('members');
    expect(ready()).toMatchObject({ status: 'False', reason: 'Stopped' });
    expect(api.writes).toEqual(['apply meshstorvolumes/pvc-1']);
  });

  test('says nothing before it is down', async () => {
    const { api, stack, edit, reconcile } = await runningNode();
    edit(({ spec }) => (spec.releasedEpoch = 1));
    const states: (string | undefined)[] = [];
    stack.before = () => void states.push(api.peek(volumes, 'pvc-1')!.status?.array?.state);
    await reconcile();
    expect(new Set(states)).toEqual(new Set(['Running']));
    expect(stack.members.size).toBe(0);
  });

  test('builds it again from exactly what is on record when the consumer is back', async () => {
    const { stack, edit, settle, ready, recorded } = await runningNode();
    edit(({ spec }) => (spec.releasedEpoch = 1));
    await settle();
    stack.calls.length = 0;
    edit(({ spec }) => delete spec.releasedEpoch);
    await settle();
    expect(stack.effects).toContain('assembleArray 0,1');
    expect(stack.formats).toBe(1);
    expect(recorded()).toEqual([0, 1]);
    expect(ready()?.status).toBe('True');
  });
});
