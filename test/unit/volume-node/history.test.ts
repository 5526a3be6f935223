import fc from 'fast-check';
import { partitions, volumes } from '../../../src/api/resources';
import { partitionUUID } from '../../../src/api/identity';
import { ApiError } from '../../../src/runtime/kube/client';
import { volumeUID } from '../../support/objects';
import { runningNode, syncingNode, type Node } from './world';

const uuids = [0, 1].map((slot) => partitionUUID(volumeUID, slot));
let catchUp: () => void = () => undefined;

/** What can happen to a volume in use. The consumer writes all the time; nothing is told in time. */
const events: Record<string, (world: Node) => unknown> = {
  'the reconciler passes': async ({ reconcile, clock }) => {
    await reconcile().catch(() => undefined);
    await clock.settle();
  },
  'the reconciler passes again and again': async ({ reconcile, clock }) => {
    for (let pass = 0; pass < 3; pass++) {
      await reconcile().catch(() => undefined);
      await clock.advance(2_000);
    }
  },
  'the consumer writes': ({ stack }) => stack.write(),
  'the local drive fails': ({ stack }) => stack.lose(uuids[0]!),
  'the local drive answers again': ({ stack }) => stack.bringBack(uuids[0]!),
  'the remote path is cut': ({ stack }) => stack.lose(uuids[1]!),
  'the remote path is back': ({ stack }) => stack.bringBack(uuids[1]!),
  "the remote partition's object is taken away": ({ api }) => api.erase(partitions, 'pvc-1-1'),
  'md synchronises': ({ stack }) => stack.synchronise(),
  'the cache stops following': ({ api }) => void (catchUp = api.hold(volumes)),
  'the cache catches up': () => catchUp(),
  'the API server refuses writes': ({ api }) => {
    api.before = ({ verb }) => {
      if (verb !== 'get') throw new ApiError(500, 'InternalError', 'etcd is away');
    };
  },
  'the API server answers again': ({ api }) => void (api.before = api.after = () => undefined),
  'the API server loses its answers': ({ api }) => {
    api.after = ({ verb }) => {
      if (verb !== 'get') throw new Error('socket hang up');
    };
  },
  'the cluster half writes': ({ edit }) =>
    edit(({ metadata }) => (metadata.labels = { seen: metadata.resourceVersion! })),
  'the process starts anew': ({ restart }) => restart(),
};

/** I3, as the next owner would find it. */
function everyRecordedMemberHoldsEveryWrite({ stack, status }: Node): void {
  for (const { partitionUUID: uuid } of status().inSync ?? []) {
    expect({ uuid, holds: stack.content.get(uuid) }).toEqual({ uuid, holds: stack.acknowledged });
  }
}

/** How often each happens in a history: losses, returns and passes make the long ones that matter. */
const weights: Readonly<Record<string, number>> = {
  'the reconciler passes': 6,
  'the remote path is cut': 4,
  'the remote path is back': 4,
  'md synchronises': 4,
  'the cache stops following': 2,
  'the cache catches up': 2,
};
const event = fc.oneof(
  ...Object.keys(events).map((name) => ({ weight: weights[name] ?? 1, arbitrary: fc.constant(name) })),
);

const histories = fc.tuple(fc.boolean(), fc.array(event, { minLength: 8, maxLength: 24, size: 'max' }));

/** The volume after a history that began in use, in sync or being synchronised. */
async function live([isSyncing, names]: [boolean, string[]], check: (world: Node) => void): Promise<Node> {
  const world = isSyncing ? await syncingNode() : await runningNode();
  catchUp = () => undefined;
  for (const name of names) {
    await events[name]!(world);
    world.stack.write();
    check(world);
  }
  return world;
}

test('I3: whatever happens, every member on record holds every write that was acknowledged', async () => {
  const property = fc.asyncProperty(histories, async (history) => {
    await live(history, everyRecordedMemberHoldsEveryWrite);
  });
  await fc.assert(property, { numRuns: 300 });
}, 60_000);

test('N4: whatever happened, writes go on as soon as one member on record and the API server can be reached', async () => {
  const property = fc.asyncProperty(histories, async (history) => {
    const world = await live(history, () => undefined);
    const { api, stack, status, reconcile, clock } = world;
    api.before = api.after = () => undefined;
    catchUp();
    const reachable = (status().inSync ?? []).filter(({ slot }) => api.peek(partitions, `pvc-1-${slot}`));
    fc.pre(reachable.length > 0);
    stack.bringBack(reachable[0]!.partitionUUID);
    for (let pass = 0; pass < 6; pass++) {
      await reconcile().catch(() => undefined);
      stack.write();
      await clock.advance(5_000);
    }
    expect(stack.write()).toBe(true);
    everyRecordedMemberHoldsEveryWrite(world);
  });
  await fc.assert(property, { numRuns: 200 });
}, 60_000);
