import type { HostAgent } from '../../../src/host/contract';
import { HostEventKind, type HostEvent } from '../../../src/host/gen/host';
import { HostEvents } from '../../../src/processes/node/host-events';
import type { NodeInformers } from '../../../src/processes/node/informers';
import type { Surroundings } from '../../../src/processes/surroundings';
import { FakeClock } from '../../support/fake-clock';
import { aPartition } from '../../support/objects';
import { quietLog } from '../runtime/quiet-log';

/** What is looked at after the events, on a node with one partition on each of two drives. */
async function lookedAt(...events: Partial<HostEvent>[]): Promise<string[]> {
  const stop = new AbortController();
  const looked: string[] = [];
  const host = {
    async *watch() {
      for (const event of events) yield { volumeUid: '', driveId: '', ...event };
      stop.abort();
    },
  } as unknown as HostAgent;
  const placed = ['drive-a', 'drive-b'].map((deviceID, slot) => {
    const partition = aPartition(slot, 'node1');
    return { ...partition, spec: { ...partition.spec, deviceID } };
  });
  const informers = { partitions: { list: () => placed } } as unknown as NodeInformers;
  const note = (what: string) => void looked.push(what);
  const surroundings = { log: quietLog(), clock: new FakeClock() } as unknown as Surroundings;
  const listeners = { volume: note, partition: note, drives: note };
  await new HostEvents(surroundings, host, informers, listeners).run(stop.signal);
  return looked;
}

test("a drive's event has the drives looked at, and the partitions that are on it", async () => {
  expect(await lookedAt({ kind: HostEventKind.DRIVE, driveId: 'drive-b' })).toEqual(['drives', 'pvc-1-1']);
});

test('an event of a drive that nobody can name any more concerns every partition', async () => {
  expect(await lookedAt({ kind: HostEventKind.DRIVE })).toEqual(['drives', 'pvc-1-0', 'pvc-1-1']);
});
