import { nodeDevices } from '../../../src/api/resources';
import type { SuiteUser } from '../volume/lab-world';
import { VolumeInUse } from './in-use';

/** A drive that people want emptied. */
export function describeEvacuation(user: SuiteUser): void {
  it.each(['consumer', 'provider'] as const)(
    'of what is on a drive of the %s that is evacuated: it goes to another drive there, and the drive is empty',
    async (whose) => {
      const used = await VolumeInUse.start(user);
      const { world } = used;
      const copies = await used.copies();
      const node = whose === 'consumer' ? world.node(used.home) : await used.provider();
      const [old, { spec }] = [await used.extentOn(node), await used.partitionOn(node)];
      const drive = `${node.name}-${spec.device}`;
      const wish = (evacuate: boolean) =>
        world.kube.patch(nodeDevices, drive, { spec: { cordoned: evacuate, evacuate } }, { fieldManager: 'somebody' });
      try {
        await wish(true);
        await world.eventually('the drive to be empty', async () => {
          const { status } = (await world.kube.get(nodeDevices, drive))!;
          return status?.localPartitions === 0 && status.remotePartitions === 0;
        });
        await used.wholeOn(...copies);
        expect(await used.outcomes()).toEqual(['Evacuation Completed']);
        expect((await used.extentOn(node)).drive).not.toBe(old.drive);
        expect(await world.isBlank(old)).toBe(true);
        await used.prove();
      } finally {
        await wish(false);
      }
    },
  );
}
