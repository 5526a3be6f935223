import type { MeshStorVolume } from '../../../src/api/model';
import { partitions, volumes } from '../../../src/api/resources';
import { claims, persistentVolumes, volumeAttachments } from '../../../src/sim/kubernetes/kinds';
import { eventsOf, History } from './follow';
import type { User } from './user';

const GiB = 1024 ** 3;

/** A volume from its claim to its end, as those see it who use it. */
export function describeVolumeLife(user: () => User): void {
  it('is requested, synchronised in steps, and then whole', async () => {
    const { world } = user();
    const shown = await new History(
      world,
      volumes,
      ({ status }: MeshStorVolume) => status?.phase && rowOf(status),
    ).start();
    const claim = await user().claim({ size: '4Gi' });
    await user().runningPod(claim);
    const volume = await user().synced(claim);
    // A watch tells a little later than the object itself.
    await world.eventually('the watch to show it whole', async () => {
      const last = shown.seen.at(-1);
      return last !== undefined && last.phase === 'Synced' && last.mdState === 'active';
    });

    const rows = shown.stop();
    const phases = rows.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1]);
    expect(phases).toEqual(['Requested', 'Syncing', 'Synced']);
    const progress = rows.flatMap(({ sync }) => (sync ? [Number.parseFloat(sync)] : []));
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(new Set(progress).size).toBeGreaterThan(2);
    expect(rows.filter(({ phase }) => phase === 'Syncing').map(({ ready }) => ready)).toContain('1/2');
    expect(rows.at(-1)).toMatchObject({
      phase: 'Synced',
      mdState: 'active',
      ready: '2/2',
      degraded: 0,
      sync: undefined,
    });
    expect(verdicts(volume)).toEqual({
      Provisioned: 'True Allocated',
      Redundant: 'True InSync',
      SpecApplied: 'True Applied',
      Attached: 'True Attached',
      LocalCopy: 'True InSync',
      ArrayReady: 'True Assembled',
    });
  });

  it('shows kubectl get what people look for', async () => {
    const { world } = user();
    const claim = await user().claim();
    const pod = await user().runningPod(claim);
    const { metadata, status } = await user().synced(claim);
    const { spec } = await user().running(pod);

    expect(status).toMatchObject({ nodeName: spec.nodeName, owner: { nodeName: spec.nodeName, purpose: 'Attach' } });
    expect(await world.columns(volumes, metadata.name)).toMatchObject({
      ...{ Name: metadata.name, Phase: 'Synced', MdState: 'active', Ready: '2/2', Degraded: '0', Sync: '' },
      ...{ Node: spec.nodeName, Total: '2', Active: '2', Failed: '0', Missing: '0' },
    });
    const [local, remote] = await user().partitionsOf(await user().volumeOf(claim));
    expect(local!.spec.nodeName).toBe(spec.nodeName);
    const columns = { Volume: metadata.name, State: 'Created', Epoch: String(status!.owner!.epoch), Size: '1Gi' };
    expect(await world.columns(partitions, local!.metadata.name)).toMatchObject({ ...columns, Export: 'None' });
    expect(await world.columns(partitions, remote!.metadata.name)).toMatchObject({ ...columns, Export: 'Serving' });
    expect(await eventsOf(world, metadata.name)).toContain('Normal OwnerChanged');
  });

  it('has what the pod wrote on both nodes, and nothing of it after its deletion', async () => {
    const { world } = user();
    const claim = await user().claim();
    const pod = await user().runningPod(claim);
    const volume = await user().synced(claim);
    await world.volume(pod).write(1, 'to be kept');
    expect(await world.volume(pod).read(1)).toBe('to be kept');
    const extents = await user().extentsOf(volume);
    expect(new Set(extents.map(({ node }) => node)).size).toBe(2);
    expect(await Promise.all(extents.map((extent) => world.holds(extent, 'to be kept')))).toEqual([true, true]);

    await user().deletePod(pod);
    await user().deleteClaim(claim);
    expect(await Promise.all(extents.map((extent) => world.isBlank(extent)))).toEqual([true, true]);
    const { items } = await world.done(world.kube.list(volumeAttachments));
    expect(items.filter(({ spec }) => spec.source.persistentVolumeName === volume.metadata.name)).toEqual([]);
  });

  it('is as large as was asked for, and says so everywhere', async () => {
    const { world } = user();
    const claim = await user().claim({ size: '1500Mi' });
    const pod = await user().runningPod(claim);
    const { metadata, spec, status } = await user().synced(claim);
    expect(spec.capacityBytes).toBe(1500 * 1024 ** 2);
    expect(status!.partitions!.map(({ sizeBytes }) => sizeBytes)).toEqual([1504 * 1024 ** 2, 1504 * 1024 ** 2]);
    const [array] = await world.arraysOf(metadata.uid!);
    expect(array).toMatchObject({ level: 'raid1', raidDevices: 2, sizeBytes: 1500 * 1024 ** 2 });
    const bound = await world.done(world.kube.get(claims, claim, 'default'));
    expect(bound?.status).toMatchObject({
      phase: 'Bound',
      capacity: { storage: expect.stringMatching(/^(1500Mi|1572864k|1572864000)$/) as string },
    });
    const persistent = await world.done(world.kube.get(persistentVolumes, metadata.name));
    expect(persistent?.status?.phase).toBe('Bound');
    await user().deletePod(pod);
  });

  it('is built and synchronised before anybody uses it', async () => {
    const { world } = user();
    const claim = await user().claim({ storageClass: await user().class({ binding: 'Immediate' }), size: '1Gi' });
    const { metadata, status } = await user().synced(claim);
    expect(status).toMatchObject({ owner: { epoch: 1, purpose: 'Initialize' }, ready: '2/2' });
    expect(status!.nodeName).toBeUndefined();
    expect(status!.formattedAt).toBeUndefined();
    expect((await world.arraysOf(metadata.uid!)).map(({ node }) => node)).toEqual([status!.owner!.nodeName]);
    expect((await user().partitionsOf(await user().volumeOf(claim))).map(({ spec }) => spec.sizeBytes)).toEqual(
      Array(2).fill(GiB + 4 * 1024 ** 2),
    );
  });
}

const rowOf = ({ phase, mdState, ready, degradedDevices, syncPercentage }: NonNullable<MeshStorVolume['status']>) => ({
  phase,
  mdState,
  ready,
  degraded: degradedDevices,
  sync: syncPercentage,
});

/** Conditions as `status reason`, by type. */
export const verdicts = (volume: MeshStorVolume): Record<string, string> =>
  Object.fromEntries(
    (volume.status?.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );
