import type { HostAgent } from '../../../src/host/contract';
import { nodeParts } from '../../../src/processes/node/parts';
import { systemRandom } from '../../../src/runtime/clock';
import { newMetrics } from '../../../src/runtime/metrics';
import { FakeClock } from '../../support/fake-clock';
import { EventsDouble } from '../controllers/events-double';
import { MemoryKube } from '../runtime/memory-kube';
import { quietLog } from '../runtime/quiet-log';

test('a node process that has not judged its node yet leaves the verdict of the former one as it is', () => {
  const kube = new MemoryKube();
  const surroundings = { kube, clock: new FakeClock(), random: systemRandom, log: quietLog(), metrics: newMetrics() };
  const settings = { nodeName: 'node1', allowOldKernel: false };
  const { leaseAnnotations } = nodeParts(surroundings, {} as HostAgent, new EventsDouble(), settings);
  expect(leaseAnnotations()).toEqual({});
});
