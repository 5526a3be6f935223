import type { MeshStorVolume } from '../../../src/api/model';
import { volumes } from '../../../src/api/resources';
import { History } from '../../integration/suite/follow';
import type { SuiteUser } from '../volume/lab-world';
import { VolumeInUse } from './in-use';

/** A pod that goes to a node without a copy. */
export function describeDrain(user: SuiteUser): void {
  it.each([1, 2])(
    'of a drained pod with %d copies: it runs where none is, a copy follows, and what it left is erased',
    async (copies) => {
      const used = await VolumeInUse.start(user, { copies });
      const { world } = used;
      const before = await used.copies();
      const old = await used.extentOn({ name: used.home });
      const bare = await used.bare();
      await used.writer.progress(300);
      const rows = await new History(world, volumes, rowOf(used.name)).start();
      await used.moveTo(bare);
      await used.wholeOn(bare.name, ...before.filter((node) => node !== used.home));
      const seen = rows.stop();
      expect(await used.outcomes()).toEqual(['ConsumerDrain Completed']);
      expect(seen.some((row) => row.startsWith('Replacing'))).toBe(true);
      // Never fewer members in sync than there are to be.
      const ready = seen.flatMap((row) => /(\d)\/(\d)$/.exec(row)?.slice(1) ?? []);
      expect(new Set(ready)).toEqual(new Set([String(copies)]));
      expect(await world.isBlank(old)).toBe(true);
      await used.prove();
    },
  );
}

const rowOf =
  (name: string) =>
  ({ metadata, status }: MeshStorVolume): string | undefined =>
    metadata.name === name && status?.phase
      ? `${status.phase} ${status.mdState ?? ''} ${status.ready ?? ''}`
      : undefined;
