import { finalizers } from '../../../src/api/names';
import { volumes } from '../../../src/api/resources';
import { HostError } from '../../../src/host/errors';
import { aVolume, recordOf } from '../../support/objects';
import { node, servingNode, settled } from './node';
import { made, uuid } from './objects';

const MiB = 1024 ** 2;

describe('P1: a partition that is deleted', () => {
  test('is fenced, erased, removed from the drive and then let go of', async () => {
    const { host, delete: remove, reconcile, now } = await servingNode();
    host.wipeStride = 10 * 1024 * MiB;
    remove();
    expect(await reconcile()).toEqual(settled);
    expect(host.effects).toEqual(['removeExport e1', 'wipePartition 0', 'deletePartition']);
    expect(host.partitions.size).toBe(0);
    expect(now()).toBeUndefined();
  });

  test('is erased in stretches, each on record before the next, by whichever process', async () => {
    const { host, delete: remove, reconcile, start, now } = await servingNode();
    host.wipeStride = 300 * MiB;
    remove();
    const progress: (number | undefined)[] = [];
    for (let pass = 0; pass < 10 && now(); pass++) {
      const outcome = await reconcile(start());
      progress.push(now()?.status?.wipe?.bytesDone);
      if (now()) expect(outcome).toEqual({ kind: 'wait', ms: 20, for: 'the rest to be erased' });
    }
    expect(progress).toEqual([300 * MiB, 600 * MiB, 900 * MiB, undefined]);
    expect(host.effects).toEqual([
      'removeExport e1',
      ...['wipePartition 0', 'wipePartition 300', 'wipePartition 600', 'wipePartition 900'],
      'deletePartition',
    ]);
    expect(new Set(host.deadlines)).toEqual(new Set([30_000]));
  });

  test('of any size is erased without ever counting as a decision that loops', async () => {
    const { host, delete: remove, reconcile, now } = await servingNode();
    host.wipeStride = 10 * MiB;
    remove();
    for (let pass = 0; pass < 200 && now(); pass++) await reconcile();
    expect(now()).toBeUndefined();
  });

  test('keeps its progress when a stretch fails, and says why', async () => {
    const { host, delete: remove, reconcile, now, ready } = await servingNode();
    host.wipeStride = 300 * MiB;
    remove();
    await reconcile();
    host.before = (verb) => {
      if (verb === 'wipePartition') throw new HostError('Busy', 'somebody mounted it');
    };
    await expect(reconcile()).rejects.toThrow('somebody mounted it');
    expect(now()?.status?.wipe).toEqual({ state: 'Running', bytesDone: 300 * MiB });
    expect(ready()).toMatchObject({ reason: 'Busy' });
    host.before = () => undefined;
    await reconcile();
    expect(host.effects.at(-1)).toBe('wipePartition 300');
  });

  test('is let go of only when the entry is gone from the drive', async () => {
    const { api, host, delete: remove, reconcile, now } = await servingNode();
    host.wipeStride = 10 * 1024 * MiB;
    remove();
    host.before = (verb) => {
      if (verb === 'deletePartition') throw new HostError('Busy', 'held');
    };
    await expect(reconcile()).rejects.toThrow('held');
    expect(now()?.metadata.finalizers).toEqual([finalizers.partition]);
    expect(api.count('patch')).toBe(0);
  });

  test('is let go of when an earlier pass removed the entry and crashed', async () => {
    const { host, delete: remove, reconcile, now } = await servingNode();
    host.partitions.clear();
    remove();
    await reconcile();
    expect(now()).toBeUndefined();
    expect(host.effects).toEqual([]);
  });

  test('and was never made is let go of at once', async () => {
    const { host, delete: remove, reconcile, now } = node();
    remove();
    await reconcile();
    expect(now()).toBeUndefined();
    expect(host.effects).toEqual(['deletePartition']);
  });

  test('and was only begun leaves no entry behind', async () => {
    const { host, delete: remove, reconcile, now } = node();
    host.before = (verb) => {
      if (verb !== 'createPartition') return;
      host.begun.add(uuid);
      throw new HostError('Busy', 'old content is being erased');
    };
    await expect(reconcile()).rejects.toThrow('old content');
    expect(host.begun.size).toBe(1);
    remove();
    await reconcile();
    expect(host.begun.size).toBe(0);
    expect(now()).toBeUndefined();
  });

  test('is not taken for one that was only begun by a cache that lags', async () => {
    const { api, host, delete: remove, reconcile, edit, now } = node();
    remove();
    api.hold();
    edit((partition) => (partition.status = made().status));
    await expect(reconcile()).rejects.toThrow('was made; nothing was deleted');
    expect(host.effects).toEqual([]);
    expect(now()?.metadata.finalizers).toEqual([finalizers.partition]);
  });

  test('is not let go of while its drive is away with its content', async () => {
    const { host, delete: remove, reconcile, now, ready } = await servingNode();
    host.removeDrive('uuid.node2-nvme0n1');
    remove();
    expect(await reconcile()).toMatchObject({ kind: 'wait', for: 'DriveGone' });
    await reconcile();
    expect(now()?.metadata.finalizers).toEqual([finalizers.partition]);
    expect(ready()?.message).toContain('put it back, or remove the finalizer');
  });

  test('is erased also when its drive was away as it was looked for, and back as the drives were', async () => {
    const { host, delete: remove, reconcile, now } = await servingNode();
    host.wipeStride = 10 * 1024 * MiB;
    const drive = host.drives.get('uuid.node2-nvme0n1')!;
    host.removeDrive(drive.id);
    host.before = (verb) => {
      if (verb === 'listDrives') host.addDrive(drive);
    };
    remove();
    await reconcile();
    expect(host.effects).toEqual(['removeExport e1', 'wipePartition 0', 'deletePartition']);
    expect(now()).toBeUndefined();
  });

  test('is let go of when it was planned on a drive that never came', async () => {
    const { host, delete: remove, reconcile, now } = node();
    host.removeDrive('uuid.node2-nvme0n1');
    expect(await reconcile()).toMatchObject({ kind: 'wait', for: 'DriveNotFound' });
    remove();
    expect(await reconcile()).toEqual(settled);
    expect(now()).toBeUndefined();
  });

  test('takes no other finalizer away, also not one that its cache has not seen', async () => {
    const { api, host, delete: remove, reconcile, edit, now } = await servingNode();
    host.partitions.clear();
    remove();
    api.hold();
    edit(({ metadata }) => (metadata.finalizers = [finalizers.partition, 'backup.example/hold']));
    await reconcile();
    expect(now()?.metadata.finalizers).toEqual(['backup.example/hold']);
  });

  test('leaves a later object of its name alone', async () => {
    const { api, host, delete: remove, reconcile, edit } = await servingNode();
    host.partitions.clear();
    remove();
    api.hold();
    edit(({ metadata }) => {
      metadata.uid = 'another';
      delete metadata.deletionTimestamp;
    });
    expect(await reconcile()).toEqual(settled);
    expect(api.writes).toEqual([]);
  });

  test('gives way to whoever wrote the object while its finalizer was being dropped', async () => {
    const { api, host, delete: remove, reconcile, edit, now } = await servingNode();
    host.partitions.clear();
    remove();
    api.before = ({ verb }) => {
      if (verb === 'patch') edit(({ metadata }) => (metadata.labels = { changed: 'yes' }));
    };
    await expect(reconcile()).rejects.toThrow('has been modified');
    expect(now()?.metadata.finalizers).toEqual([finalizers.partition]);
  });
});

describe('P1: a partition that its volume counts on', () => {
  const inUse = aVolume({ nodeName: 'node1' }, { inSync: [recordOf(0), recordOf(1)] });

  test('is kept, served and confirmed, and goes when it is recorded no more', async () => {
    const { api, host, delete: remove, edit, reconcile, now, ready } = await servingNode(inUse);
    host.wipeStride = 10 * 1024 * MiB;
    remove();
    expect(await reconcile()).toEqual({ kind: 'wait', ms: 10_000, for: 'StillInSync' });
    expect(host.effects).toEqual([]);
    expect(ready()).toMatchObject({ status: 'False', reason: 'StillInSync' });
    edit(({ spec }) => Object.assign(spec, { epoch: 2, importers: ['node3'] }));
    await reconcile();
    expect(now()?.status).toMatchObject({ state: 'Created', export: { epoch: 2, state: 'Serving' } });
    api.edit(volumes, 'pvc-1', ({ status }) => (status!.inSync = [recordOf(0)]));
    await reconcile();
    expect(now()).toBeUndefined();
  });

  test('since its export was being ended is not erased, and is served again', async () => {
    const { api, host, delete: remove, reconcile } = await servingNode();
    host.before = (verb) => {
      if (verb === 'removeExport') api.edit(volumes, 'pvc-1', (volume) => (volume.status = { inSync: [recordOf(1)] }));
    };
    remove();
    expect(await reconcile()).toMatchObject({ kind: 'wait', for: 'StillInSync' });
    expect(host.effects).toEqual(['removeExport e1', 'applyExport e1']);
  });

  test('is judged by the volume in etcd, each time', async () => {
    const { api, delete: remove, reconcile } = await servingNode(inUse);
    remove();
    await reconcile();
    expect(api.count('get', 'meshstorvolumes/pvc-1')).toBe(1);
  });
});
