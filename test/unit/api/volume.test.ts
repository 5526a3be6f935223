import type { MeshStorPartition, MeshStorVolume, MeshStorVolumeStatus } from '../../../src/api/model';
import { isArrayReady, isCreated, isProvisioned, isStopped, isWantedOn, livePartitions } from '../../../src/api/volume';
import { aPartition, aVolume } from '../../support/objects';

const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const owner = (purpose: 'Initialize' | 'Attach', epoch = 3) => ({ nodeName: 'node1', epoch, purpose });

describe('the array is wanted on a node', () => {
  const attach: MeshStorVolumeStatus = { owner: owner('Attach') };
  const initialize: MeshStorVolumeStatus = { owner: owner('Initialize') };
  test.each<[boolean, string, MeshStorVolume]>([
    [false, 'nobody owns the volume', aVolume({ nodeName: 'node1' })],
    [true, 'it owns the volume, which is attached to it', aVolume({ nodeName: 'node1' }, attach)],
    [
      false,
      'another one owns it',
      aVolume({ nodeName: 'node1' }, { owner: { ...owner('Attach'), nodeName: 'node2' } }),
    ],
    [false, 'it owns the volume, which is attached elsewhere', aVolume({ nodeName: 'node2' }, attach)],
    [false, 'it owned the volume for a consumer that was detached', aVolume({}, attach)],
    [true, 'it is to build the volume, which nobody uses', aVolume({}, initialize)],
    [true, 'it is to build the volume, and the consumer came', aVolume({ nodeName: 'node1' }, initialize)],
    [false, 'it is to build the volume, and the consumer came elsewhere', aVolume({ nodeName: 'node2' }, initialize)],
    [false, 'its consumer let go', aVolume({ nodeName: 'node1', releasedEpoch: 3 }, attach)],
    [true, 'a consumer of an earlier epoch let go', aVolume({ nodeName: 'node1', releasedEpoch: 2 }, attach)],
    [false, 'the volume is being deleted', aVolume({}, initialize, deleting)],
    [true, 'the volume is to be deleted, and still attached', aVolume({ nodeName: 'node1' }, attach, deleting)],
  ])('(%s) when %s', (wanted, _, volume) => {
    expect(isWantedOn(volume, 'node1')).toBe(wanted);
  });
});

describe('an array is known to be stopped', () => {
  const stopped = (epoch: number | undefined, state: 'Running' | 'Stopped' = 'Stopped') =>
    aVolume({}, { owner: owner('Attach'), array: { ...(epoch !== undefined && { epoch }), state } });
  test.each<[boolean, string, MeshStorVolume]>([
    [true, 'its owner said so under its epoch', stopped(3)],
    [false, 'an owner of an earlier epoch said so', stopped(2)],
    [false, 'nobody says under which epoch', stopped(undefined)],
    [false, 'it runs', stopped(3, 'Running')],
    [false, 'nothing was said', aVolume({}, { owner: owner('Attach') })],
  ])('(%s) when %s', (expected, _, volume) => {
    expect(isStopped(volume, owner('Attach'))).toBe(expected);
  });
});

describe('the device of a volume may be opened', () => {
  const ready = (change: MeshStorVolumeStatus = {}, status: 'True' | 'False' = 'True') =>
    aVolume(
      {},
      {
        owner: owner('Attach'),
        array: { epoch: 3, state: 'Running' },
        conditions: [{ type: 'ArrayReady', status, reason: '', message: '', lastTransitionTime: '' }],
        ...change,
      },
    );
  test.each<[boolean, string, MeshStorVolume]>([
    [true, 'the owner says so under its epoch', ready()],
    [false, 'the owner says that it is not ready', ready({}, 'False')],
    [false, 'that was said under an earlier epoch', ready({ array: { epoch: 2, state: 'Running' } })],
    [false, 'the array is stopped', ready({ array: { epoch: 3, state: 'Stopped' } })],
    [false, 'nothing was said yet', ready({ conditions: [] })],
    [false, 'nobody owns the volume', aVolume({}, { ...ready().status, owner: undefined })],
  ])('(%s) when %s', (expected, _, volume) => {
    expect(isArrayReady(volume)).toBe(expected);
  });
  test('(false) when there is neither an owner nor an array, whose epochs would be equal', () => {
    expect(isArrayReady(aVolume())).toBe(false);
  });
});

describe('partitions of a volume', () => {
  const [one, two] = [aPartition(0, 'node1'), aPartition(1, 'node2')];
  const change = (partition: MeshStorPartition, spec: Partial<MeshStorPartition['spec']>): MeshStorPartition => ({
    ...partition,
    spec: { ...partition.spec, ...spec },
  });
  const gone = { ...two, metadata: { ...two.metadata, ...deleting } };
  test('count unless they are on their way out or belong to an earlier volume of the name', () => {
    expect(livePartitions(aVolume(), [one, two])).toEqual([one, two]);
    expect(livePartitions(aVolume(), [one, gone])).toEqual([one]);
    expect(livePartitions(aVolume(), [one, change(two, { volumeUID: 'another' })])).toEqual([one]);
  });
  test('are made once their node says so for the epoch they are to serve', () => {
    expect(isCreated(two)).toBe(true);
    expect(isCreated(change(two, { epoch: 2 }))).toBe(false);
    expect(isCreated({ ...two, status: { ...two.status, state: 'Requested' } })).toBe(false);
    expect(isCreated({ ...two, status: { ...two.status, state: 'Deleting' } })).toBe(false);
    expect(isCreated({ ...two, status: { state: 'Created' } })).toBe(false);
    expect(isCreated({ ...two, status: undefined })).toBe(false);
  });
  test('provision the volume when there is one made for every drive of every copy', () => {
    expect(isProvisioned(aVolume(), [one, two])).toBe(true);
    expect(isProvisioned(aVolume(), [one])).toBe(false);
    expect(isProvisioned(aVolume(), [one, gone])).toBe(false);
    expect(isProvisioned(aVolume({ numberOfCopies: 3 }), [one, two])).toBe(false);
    expect(isProvisioned(aVolume({ drivesPerCopy: 2 }), [one, two])).toBe(false);
  });
});
