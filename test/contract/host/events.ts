import type { HostEvent } from '../../../src/host/gen/host';
import type { Bench } from './suite';
import { itIf } from './suite';
import { block } from './volume';
import type { ContractNode } from './world';

export function describeEvents(t: Bench): void {
  describe('watching', () => {
    /** Everything that a watch of the node tells, as it comes. */
    const watching = (node: ContractNode) => {
      const stop = new AbortController();
      const events: HostEvent[] = [];
      const ended = (async () => {
        for await (const event of node.agent.watch(stop.signal)) events.push(event);
      })();
      const sees = (wanted: Partial<HostEvent>) =>
        t.world.eventually(() => expect(events).toContainEqual(expect.objectContaining(wanted)));
      return { events, sees, end: () => (stop.abort(), ended) };
    };
    const started = { kind: 'HOST_EVENT_KIND_STARTED' } as const;
    const ofVolume = () => ({ kind: 'HOST_EVENT_KIND_VOLUME', volumeUid: t.volume.uid }) as const;

    it('begins with a word that nothing is missed any more, and ends when nobody listens', async () => {
      const watch = watching(t.a);
      await watch.sees(started);
      expect(watch.events[0]).toMatchObject(started);
      await watch.end();
    });

    it('tells when an array changes, and when its synchronisation ends', async () => {
      await t.volume.single(t.a);
      await t.volume.createPartition(t.a, 1);
      await t.a.agent.applyMember(t.volume.localMember(1));
      const watch = watching(t.a);
      await watch.sees(started);
      await t.a.agent.addArrayMember(t.volume.addRequest(1));
      await watch.sees(ofVolume());
      watch.events.length = 0;
      await t.volume.inSync(t.a);
      await watch.sees(ofVolume());
      await watch.end();
    });

    it('tells when a path is lost, and when md drops a member', async () => {
      await t.volume.mirror(t.a, t.b);
      const device = await t.volume.open(t.a);
      const watch = watching(t.a);
      await watch.sees(started);
      await t.world.cutLink(t.a, t.b);
      const write = device.write(0, block('waits'));
      await watch.sees(ofVolume());
      await t.world.eventually(async () => {
        expect((await t.volume.stack(t.a)).members[1]!.path).toBeUndefined();
      });
      watch.events.length = 0;
      await t.a.agent.setMemberPolicy({ volume: t.volume.ref, slot: 1, queueing: false });
      await t.world.eventually(() => write);
      await watch.sees(ofVolume());
      await watch.end();
      await device.close();
    });

    it('tells when an import is fenced', async () => {
      await t.volume.remoteSlot(t.a, t.b, 1);
      const watch = watching(t.a);
      await watch.sees(started);
      await t.b.agent.fenceExport({ nqn: t.volume.nqn(1) });
      await watch.sees(ofVolume());
      await watch.end();
    });

    it('tells each listener', async () => {
      const watches = [watching(t.a), watching(t.a)];
      for (const watch of watches) await watch.sees(started);
      await t.volume.createPartition(t.a, 0);
      await t.a.agent.applyMember(t.volume.localMember(0));
      await t.a.agent.createArray(t.volume.createRequest());
      for (const watch of watches) {
        await watch.sees(ofVolume());
        await watch.end();
      }
    });

    itIf(t.can.pull)('tells when a drive is pulled and when it returns', async () => {
      const watch = watching(t.a);
      await watch.sees(started);
      const putBack = await t.a.pullDrive(t.a.drives[0]!.id);
      await watch.sees({ kind: 'HOST_EVENT_KIND_DRIVE' });
      watch.events.length = 0;
      await putBack();
      await watch.sees({ kind: 'HOST_EVENT_KIND_DRIVE' });
      await watch.end();
    });
  });
}
