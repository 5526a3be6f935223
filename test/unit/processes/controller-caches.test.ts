import { partitions, volumes } from '../../../src/api/resources';
import { newControllerInformers } from '../../../src/processes/controller/parts';
import { systemRandom } from '../../../src/runtime/clock';
import { newMetrics } from '../../../src/runtime/metrics';
import { FakeClock } from '../../support/fake-clock';
import { aPartition, aVolume } from '../../support/objects';
import { MemoryKube } from '../runtime/memory-kube';
import { quietLog } from '../runtime/quiet-log';

test('the controller keeps volumes and partitions packed: every reader unpacks an object of its own', async () => {
  const kube = new MemoryKube();
  await kube.create(volumes, aVolume());
  await kube.create(partitions, aPartition(0, 'node1'));
  const surroundings = { kube, clock: new FakeClock(), random: systemRandom, log: quietLog(), metrics: newMetrics() };
  const informers = newControllerInformers(surroundings);
  const stop = new AbortController();
  const caches = [
    [informers.volumes, 'pvc-1'],
    [informers.partitions, 'pvc-1-0'],
  ] as const;
  for (const [informer, name] of caches) {
    void informer.run(stop.signal);
    await informer.whenSynced();
    expect(informer.get(name)).toMatchObject({ metadata: { name } });
    expect(informer.get(name)).not.toBe(informer.get(name));
  }
  stop.abort();
});
