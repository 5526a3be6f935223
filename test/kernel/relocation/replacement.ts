import type { SuiteUser } from '../volume/lab-world';
import { VolumeInUse } from './in-use';

/** Much longer than a write takes, so that a synchronisation is still under way when the test says that it may end. */
const slowMs = 400;

/** A missing member that is back while its successor is being made. */
export function describeReplacement(user: SuiteUser): void {
  it('of a missing copy is called off when that comes back before its successor has had a byte', async () => {
    const used = await VolumeInUse.start(user, { memberMissingTimeout: 60 });
    const copies = await used.copies();
    const [provider, bare] = [await used.provider(), await used.bare()];
    await provider.cutLink();
    // The successor is made there, and cannot be reached.
    await bare.cutLink();
    await used.recorded(1);
    await used.world.eventually('the successor to be made', async () => {
      return (await used.partitionOn(bare))?.status?.state === 'Created';
    });
    await provider.healLink();
    const { status } = await used.migration('be over', (seen) => seen.status?.phase === 'Cancelled');
    expect(status!.conditions).toMatchObject([{ reason: 'SourceReturned' }]);
    await bare.healLink();
    await used.wholeOn(...copies);
    expect(await used.outcomes()).toEqual(['MemberMissing Cancelled']);
    await used.prove();
  });

  it('of a copy whose node comes back in the middle goes on to its end, and the old copy is erased', async () => {
    const used = await VolumeInUse.start(user, { memberMissingTimeout: 60 });
    const { world } = used;
    const [provider, bare] = [await used.provider(), await used.bare()];
    const old = await used.extentOn(provider);
    await provider.powerCut();
    await world.eventually('the successor to be made', async () => {
      return (await used.partitionOn(bare))?.status?.state === 'Created';
    });
    for (const drive of bare.drives) await drive.slow(slowMs);
    await used.migration('synchronise', ({ status }) => status?.phase === 'Running');
    await world.cluster.boot(provider.name);
    await world.eventually('the copy to be offered again', async () => {
      return (await world.exportsOf((await used.now()).metadata.uid!)).some((line) => line.startsWith(provider.name));
    });
    expect(await used.outcomes()).toEqual(['MemberMissing Running']);
    expect((await used.now()).status!.inSync).toHaveLength(1);
    for (const drive of bare.drives) await drive.repair();
    await used.wholeOn(used.home, bare.name);
    expect(await used.outcomes()).toEqual(['MemberMissing Completed']);
    expect(await world.isBlank(old)).toBe(true);
    await used.prove();
  });
}
