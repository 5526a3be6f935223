import type { MeshStorPartition, MeshStorVolume, MeshStorVolumeStatus } from '../../../src/api/model';
import { partitions, volumes } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { NodeVolumeReconciler } from '../../../src/controllers/volume/node';
import { byVolumeUID } from '../../../src/controllers/volume/node/observe';
import { nodePartOf } from '../../../src/controllers/volume/node/record';
import { FakeClock } from '../../support/fake-clock';
import { aPartition, aVolume, volumeUID } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { EventsDouble } from '../controllers/events-double';
import { aPass } from '../controllers/pass';
import { StackDouble } from './stack-double';

export const owner = (purpose: 'Initialize' | 'Attach' = 'Attach', epoch = 1) => ({
  nodeName: 'node1',
  epoch,
  purpose,
});

const both = () => [aPartition(0, 'node1'), aPartition(1, 'node2')];

/** node1, which owns a volume of two copies, one of them its own. */
export function node(volume: MeshStorVolume, made: MeshStorPartition[] = both()) {
  const api = new ApiDouble();
  const stack = new StackDouble();
  const clock = new FakeClock();
  const events = new EventsDouble();
  const queue: string[] = [];
  api.seed(volumes, volume, { 'meshstor-node': { ...nodePartOf(volume) } });
  for (const partition of made) api.seed(partitions, partition);
  const start = () =>
    new NodeVolumeReconciler({
      kube: api,
      host: stack.agent,
      volumes: api.lister(volumes),
      partitions: api.lister(partitions, { [byVolumeUID]: ({ spec }) => spec.volumeUID }),
      clock,
      events,
      nodeName: 'node1',
      enqueue: (key) => queue.push(key),
    });
  let reconciler = start();
  const reconcile = () => reconciler.reconcile(`pvc-1/${volumeUID}`, aPass());
  return {
    api,
    stack,
    clock,
    events,
    queue,
    reconcile,
    /** Passes until nothing asks for another one at once. */
    settle: async () => {
      for (let pass = 0; pass < 10; pass++) {
        queue.length = 0;
        await reconcile();
        await clock.settle();
        if (queue.length === 0) return;
      }
      throw new Error('the volume did not settle in 10 passes');
    },
    restart: () => void (reconciler = start()),
    volume: () => api.peek(volumes, 'pvc-1')!,
    status: (): MeshStorVolumeStatus => api.peek(volumes, 'pvc-1')?.status ?? {},
    ready: () => conditionOf(api.peek(volumes, 'pvc-1')!, 'ArrayReady'),
    recorded: () => (api.peek(volumes, 'pvc-1')?.status?.inSync ?? []).map(({ slot }) => slot).sort(),
    edit: (change: (volume: MeshStorVolume) => void) => api.edit(volumes, 'pvc-1', change),
  };
}

export type Node = ReturnType<typeof node>;

/** The volume attached to node1, built and formatted, its second copy being synchronised. No call was seen yet. */
export async function syncingNode(): Promise<Node> {
  const world = node(aVolume({ nodeName: 'node1' }, { owner: owner() }));
  await world.settle();
  forget(world);
  return world;
}

/** The same, in sync. */
export async function runningNode(): Promise<Node> {
  const world = await syncingNode();
  world.stack.synchronise();
  await world.settle();
  forget(world);
  return world;
}

function forget({ stack, api, events }: Node): void {
  stack.calls.length = 0;
  api.calls.length = 0;
  events.list.length = 0;
}
