import { partitions, volumes } from '../../../src/api/resources';
import { NodeVolumeReconciler } from '../../../src/controllers/volume/node';
import { byVolumeUID } from '../../../src/controllers/volume/node/observe';
import type { HostAgent } from '../../../src/host/contract';
import { HostError } from '../../../src/host/errors';
import { FakeClock } from '../../support/fake-clock';
import { aMember, anImport, aStack, inArray } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { EventsDouble } from '../controllers/events-double';
import { aPass } from '../controllers/pass';

/** Two volumes that are gone from the API; of both an array is left here, with a member that has lost its path. */
function node() {
  const api = new ApiDouble();
  const calls: string[] = [];
  const stopped = new Set<string>();
  const host = {
    getStack: ({ volumeUid }: { volumeUid: string }) =>
      Promise.resolve(
        stopped.has(volumeUid)
          ? aStack()
          : aStack({
              imports: [anImport(1)],
              members: [aMember(0), aMember(1, { path: undefined })],
              running: [inArray(0), inArray(1)],
            }),
      ),
    stopArray: ({ volume: { uid } }: { volume: { uid: string } }) => {
      calls.push(`stop ${uid}`);
      if (uid === 'hangs') return Promise.reject(new HostError('Timeout', 'mdadm --stop did not end'));
      stopped.add(uid);
      return Promise.resolve({});
    },
    setMemberPolicy: ({ volume: { uid } }: { volume: { uid: string } }) => {
      calls.push(`let a member of ${uid} fail`);
      return Promise.resolve({});
    },
  } as unknown as HostAgent;
  const reconciler = new NodeVolumeReconciler({
    kube: api,
    host,
    volumes: api.lister(volumes),
    partitions: api.lister(partitions, { [byVolumeUID]: ({ spec }) => spec.volumeUID }),
    clock: new FakeClock(),
    events: new EventsDouble(),
    nodeName: 'node1',
    enqueue: () => undefined,
  });
  return { calls, reconcile: (uid: string) => reconciler.reconcile(`pvc-${uid}/${uid}`, aPass()) };
}

test('a volume that cannot be stopped says nothing about another one', async () => {
  const { calls, reconcile } = node();
  await reconcile('hangs');
  expect(calls.slice(0, 2)).toEqual(['stop hangs', 'let a member of hangs fail']);
  calls.splice(0);
  await reconcile('stops');
  expect(calls).toEqual(['stop stops']);
});
