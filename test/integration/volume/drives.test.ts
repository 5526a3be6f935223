import type { MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { conditionTypes } from '../../../src/api/conditions';
import { conditionOf } from '../../../src/api/volume';
import type { HostVerb } from '../../../src/host/contract';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';

const user = useVirtualWorld();
const { world } = user;

const inSync = (count: number) => (volume: MeshStorVolume) => volume.status?.inSync?.length === count;
const placeOf = ({ spec }: MeshStorPartition) => ({ node: spec.nodeName, drive: spec.deviceID });

const pull = ({ node, drive }: ReturnType<typeof placeOf>) => world().machine(node).pullDrive(drive);
const putBack = ({ node, drive }: ReturnType<typeof placeOf>) => world().machine(node).returnDrive(drive);

describe('a drive that vanishes under a running volume', () => {
  it.each([
    { which: 'of the consumer', slot: 0 },
    { which: 'of the other node', slot: 1 },
  ])('$which costs it a copy until it is back, and no write', async ({ slot }) => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    const place = placeOf((await user().partitionsOf(await user().synced(claim)))[slot]!);
    await world().volume(pod).write(1, 'before');
    pull(place);
    await world().volume(pod).write(2, 'on one copy');
    const degraded = await user().volume(claim, 'degraded', inSync(1));
    expect(degraded.status!.inSync).toMatchObject([{ slot: 1 - slot }]);
    await user().volume(claim, 'said to be degraded', ({ status }) => status?.ready === '1/2');
    const shown = await user().volumeOf(claim);
    expect(shown.status).toMatchObject({ degradedDevices: 1, mdState: 'degraded' });

    putBack(place);
    await user().volume(claim, 'whole', inSync(2));
    await user().synced(claim);
    for (const [at, text] of [
      [1, 'before'],
      [2, 'on one copy'],
    ] as const) {
      expect(await world().volume(pod).read(at)).toBe(text);
    }
  });

  it('for good, together with the other copy, holds writes up and loses none', async () => {
    const claim = await user().claim();
    const pod = await user().runningPod(claim, { node: 'node1' });
    const places = (await user().partitionsOf(await user().synced(claim))).map(placeOf);
    await world().volume(pod).write(1, 'before');
    pull(places[1]!);
    await user().volume(claim, 'degraded', inSync(1));
    pull(places[0]!);
    const opened = world().cluster.enter(pod);
    let acknowledged = false;
    void opened.writeFile('held', 'up').then(() => (acknowledged = true));
    await world().pass(120_000);
    expect(acknowledged).toBe(false);
    expect((await user().volumeOf(claim)).status!.inSync).toMatchObject([{ slot: 0 }]);
    putBack(places[0]!);
    await world().eventually('the write to be acknowledged', async () => acknowledged);
    opened.close();
    putBack(places[1]!);
    await user().volume(claim, 'whole', inSync(2));
    expect(await world().volume(pod).read(1)).toBe('before');
  });
});

/** `Synced` when the volume did without the drive, else what its partition on it says. */
async function outcomeFor(claim: string, drive: string): Promise<string> {
  const volume = await user().volumeOf(claim);
  const waiting = (await user().partitionsOf(volume)).find(({ spec }) => spec.deviceID === drive);
  const ready = waiting && conditionOf(waiting, conditionTypes.ready);
  return ready ? `${ready.reason}: ${ready.message}` : volume.status!.phase!;
}

describe('a drive that vanishes while a volume is provisioned', () => {
  const moments: readonly HostVerb[] = [
    'createPartition',
    'applyExport',
    'connect',
    'applyMember',
    'createArray',
    'addArrayMember',
    'applyVolumeDevice',
  ];
  const cases = moments.flatMap((verb) =>
    (['before', 'after'] as const).flatMap((when) => [0, 1].map((slot) => ({ verb, when, slot }))),
  );

  it.each(cases)('$when $verb, under copy $slot, is done without or waited for', async ({ verb, when, slot }) => {
    let place: ReturnType<typeof placeOf> | undefined;
    const vanish = () => {
      const planned = world()
        .records.partitions()
        .find(({ spec }) => spec.slot === slot);
      if (place || !planned) return;
      place = placeOf(planned);
      pull(place);
    };
    world().oracles.interceptors.add(async (call, proceed) => {
      if (call.verb === verb && when === 'before') vanish();
      const answer = await proceed();
      if (call.verb === verb && when === 'after') vanish();
      return answer;
    });
    const claim = await user().claim({ storageClass: await user().class({ binding: 'Immediate' }) });
    await world().eventually('the drive to vanish', async () => place !== undefined);
    await world().pass(120_000);
    expect(await outcomeFor(claim, place!.drive)).toMatch(/^(Synced|DriveGone: The drive .* is not in this node)/);
    putBack(place!);
    await user().volume(claim, 'whole', inSync(2));
    await user().synced(claim);
  });
});
