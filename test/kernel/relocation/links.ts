import type { MeshStorVolume } from '../../../src/api/model';
import { volumes } from '../../../src/api/resources';
import { History } from '../../integration/suite/follow';
import type { LabNode } from '../../lab';
import type { SuiteUser } from '../volume/lab-world';
import { lookAt } from '../volume/sight';
import { VolumeInUse } from './in-use';
import { writtenBytes } from './proof';

/** A provider that cannot be reached for a time, and goes on. */
export function describeLinks(user: SuiteUser): void {
  it('is not needed when a path returns while its loss is not on record: I/O waits, and nothing is copied', async () => {
    const used = await VolumeInUse.start(user);
    const { world, writer } = used;
    const [home, provider] = [world.node(used.home), await used.provider()];
    const { spec } = await used.partitionOn(provider);
    const inSync = ({ metadata, status }: MeshStorVolume) =>
      metadata.name === used.name ? status?.inSync?.length : undefined;
    const history = await new History(world, volumes, inSync).start();
    await home.cutManagement();
    await provider.cutLink();
    await untilPathIs(user, home, spec.partitionUUID, 'F');
    const { acknowledged } = writer;
    // Long enough for many writes.
    await lookAt(provider);
    expect(writer.acknowledged).toBe(acknowledged);
    await provider.healLink();
    await untilPathIs(user, home, spec.partitionUUID, 'A');
    await writer.progress(100);
    await home.healManagement();
    await used.wholeOn(...(await used.copies()));
    await used.prove();
    expect(history.stop().filter((count) => count !== 2)).toEqual([]);
  });

  it('is not needed when a cut link is healed in time: the copy comes back by its bitmap', async () => {
    const used = await VolumeInUse.start(user, { raw: true });
    const copies = await used.copies();
    const provider = await used.provider();
    const extent = await used.extentOn(provider);
    await provider.cutLink();
    const { status } = await used.recorded(1);
    expect(status!.departed).toHaveLength(1);
    await used.writer.progress(300);
    const before = await writtenBytes(provider, extent);
    await provider.healLink();
    await used.wholeOn(...copies);
    // The writer's blocks are in one of the eight chunks of the bitmap.
    expect((await writtenBytes(provider, extent)) - before).toBeLessThan(extent.sizeBytes / 4);
    expect(await used.outcomes()).toEqual([]);
    await used.prove();
  });

  it('of a copy whose link stays cut beyond the time-out: another node has it, and the old one is erased', async () => {
    const used = await VolumeInUse.start(user, { memberMissingTimeout: 60 });
    const [provider, bare] = [await used.provider(), await used.bare()];
    const old = await used.extentOn(provider);
    await provider.cutLink();
    await used.writer.progress(300);
    await used.migration('be over', ({ status }) => status?.phase === 'Completed');
    await provider.healLink();
    await used.wholeOn(used.home, bare.name);
    expect(await used.outcomes()).toEqual(['MemberMissing Completed']);
    expect(await used.world.isBlank(old)).toBe(true);
    await used.prove();
  });
}

/** By device-mapper of the consumer's node: A is a path that works, F one that failed. */
async function untilPathIs(user: SuiteUser, node: LabNode, partitionUUID: string, wanted: 'A' | 'F'): Promise<void> {
  const { maps } = await lookAt(node);
  const { name } = maps.find(({ member }) => member?.partitionUUID === partitionUUID)!;
  await user.world().eventually(`the path of ${name} to be ${wanted}`, async () => {
    const [, state] = / \d+:\d+ ([AF]) /.exec(await node.must(`dmsetup status --noflush ${name}`)) ?? [];
    return state === wanted;
  });
}
