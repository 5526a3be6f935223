import { LabWriter } from '../../lab';
import { CalledVolume } from './called-volume';
import type { SuiteUser } from './lab-world';

/** A consumer that loses power in the middle of writing. */
export function describePowerCut(user: SuiteUser): void {
  it('has every acknowledged write after its node lost power, attached to the node of the other copy', async () => {
    const world = user.world();
    const volume = await CalledVolume.create(user);
    const [first, second] = (await volume.copies()) as [string, string];
    await volume.use(first);
    await volume.whole();
    const writer = await LabWriter.start(world.node(first), volume.file);
    await writer.progress(300);
    await world.node(first).powerCut();
    await writer.ended();

    await volume.detach(first);
    await volume.use(second);
    const { blocks, bad } = await writer.check(world.node(second), volume.file);
    expect(blocks).toBeGreaterThan(300);
    expect(bad).toBe(0);

    const next = await LabWriter.start(world.node(second), volume.file, {}, writer);
    await world.cluster.boot(first);
    await volume.whole();
    await next.stop();
    expect(await next.check(world.node(second), volume.file)).toMatchObject({ bad: 0 });
    await volume.remove(second);
  });
}
