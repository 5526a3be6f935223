import { arrayUUID } from '../../../src/api/identity';
import { partitions, volumes } from '../../../src/api/resources';
import { act } from '../../../src/controllers/volume/node/act';
import type { Action } from '../../../src/controllers/volume/node/actions';
import { Attempts } from '../../../src/controllers/volume/node/attempts';
import { VolumeRecord } from '../../../src/controllers/volume/node/record';
import type { OwnedView } from '../../../src/controllers/volume/node/view';
import type { HostAgent } from '../../../src/host/contract';
import { FakeClock } from '../../support/fake-clock';
import { memberUUIDOf, recordOf, volumeUID } from '../../support/objects';
import { ApiDouble } from '../controllers/api-double';
import { look } from './view';

const [, remote] = look().legs as [OwnedView['legs'][number], OwnedView['legs'][number]];

describe('giving a member up for the sake of others', () => {
  const giveUp: Action = { verb: 'record', inSync: [recordOf(1)], departed: [], staying: [remote] };
  const answering = (superblock: object | undefined) => {
    const api = new ApiDouble();
    const view = look();
    const volume = api.seed(volumes, view.volume);
    api.seed(partitions, remote.partition);
    const hands = {
      host: { applyMember: () => Promise.resolve({ superblock }) } as unknown as HostAgent,
      record: new VolumeRecord(api, 'node1'),
      attempts: new Attempts(new FakeClock()),
      nodeName: 'node1',
      now: () => '2026-01-01T00:10:00Z',
      again: () => undefined,
      volume: { uid: volumeUID, name: 'pvc-1' },
    };
    const seen = { ...view, volume };
    return { api, act: () => act(hands, seen, seen, giveUp) };
  };
  const own = { arrayUuid: arrayUUID(volumeUID), memberUuid: memberUUIDOf(1), events: 1 };

  test('asks these first, and goes on when they answer as who they are on record', async () => {
    const { api, act: run } = answering(own);
    await run();
    expect(api.peek(volumes, 'pvc-1')?.status?.inSync).toMatchObject([{ slot: 1 }]);
  });
  test.each([
    ['carry another superblock', { ...own, memberUuid: memberUUIDOf(7) }],
    ['carry none', undefined],
  ])('writes nothing when they %s', async (_, superblock) => {
    const { api, act: run } = answering(superblock);
    await expect(run()).rejects.toThrow('nothing is given up for it');
    expect(api.writes).toEqual([]);
  });
  test('writes nothing when one of them is being deleted itself', async () => {
    const { api, act: run } = answering(own);
    api.edit(partitions, remote.partition.metadata.name, ({ metadata }) => {
      metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    });
    await expect(run()).rejects.toThrow('is being deleted');
    expect(api.writes).toEqual([]);
  });
});
