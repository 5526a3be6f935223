import type { SuiteUser } from '../volume/lab-world';
import { VolumeInUse } from './in-use';
import { missingOn, writtenBytes } from './proof';

/** Providers that lose power while they are written to, and come back. */
export function describeProviderPower(user: SuiteUser): void {
  it('is not needed when a provider lost power whose drive keeps its cache: the copy comes back by its bitmap', async () => {
    const used = await VolumeInUse.start(user, { sectorSize: 512, raw: true });
    const { world, writer } = used;
    const copies = await used.copies();
    const provider = await used.provider();
    const extent = await used.extentOn(provider);
    await writer.progress(300);
    await provider.powerCut();
    const { status } = await used.recorded(1);
    expect(status!.departed).toHaveLength(1);
    await writer.progress(300);
    await world.cluster.boot(provider.name);
    await used.wholeOn(...copies);
    expect(await writtenBytes(provider, extent)).toBeLessThan(extent.sizeBytes / 4);
    expect(await used.outcomes()).toEqual([]);
    await used.prove();
  });

  it('is not needed when a provider lost power whose drive forgets: the copy is made anew where it was', async () => {
    const used = await VolumeInUse.start(user, { sectorSize: 4096, raw: true });
    const { world, writer } = used;
    const copies = await used.copies();
    const provider = await used.provider();
    const extent = await used.extentOn(provider);
    await writer.progress(300);
    await provider.powerCut();
    // What makes the difference: its medium lacks writes that were acknowledged on its word.
    expect(await missingOn(world, extent, writer)).toBeGreaterThan(0);
    await used.recorded(1);
    await writer.progress(300);
    await world.cluster.boot(provider.name);
    await used.wholeOn(...copies);
    expect(await writtenBytes(provider, extent)).toBeGreaterThan(extent.sizeBytes * 0.9);
    expect(await used.outcomes()).toEqual([]);
    await used.prove();
  });
}
