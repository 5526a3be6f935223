import { volumes } from '../../../src/api/resources';
import { Caller } from '../../integration/suite/csi';
import { LabWriter } from '../../lab';
import type { SuiteUser } from './lab-world';
import { smallest } from './data';

/** A consumer that loses power in the middle of writing. */
export function describePowerCut(user: SuiteUser): void {
  it('has every acknowledged write after its node lost power, attached to the node of the other copy', async () => {
    const world = user.world();
    const volume = new Caller(user());
    expect(
      await volume.create({ capacityRange: { requiredBytes: String(Number.parseInt(smallest) * 1024 ** 2) } }),
    ).toBe('OK');
    const seen = (await volume.volume())!;
    const [first, second] = (await user().partitionsOf(seen)).map(({ spec }) => spec.nodeName) as [string, string];
    expect([await volume.attach(first), await volume.stage(first), await volume.publish(first, 'a')]).toEqual([
      ...Array<string>(3).fill('OK'),
    ]);
    await world.eventually('both halves to be whole', async () => {
      const { status } = (await world.kube.get(volumes, volume.volumeId))!;
      return status?.phase === 'Synced' && status.inSync?.length === 2;
    });
    const file = `${volume.target('a')}/data`;
    const writer = await LabWriter.start(world.node(first), file);
    await writer.progress(300);
    await world.node(first).powerCut();
    await writer.ended();

    await world.eventually('the attachment to be given up', async () => (await volume.detach(first)) === 'OK');
    expect([await volume.attach(second), await volume.stage(second), await volume.publish(second, 'a')]).toEqual([
      ...Array<string>(3).fill('OK'),
    ]);
    const { blocks, bad } = await writer.check(world.node(second), file);
    expect(blocks).toBeGreaterThan(300);
    expect(bad).toBe(0);

    const next = await LabWriter.start(world.node(second), file, {}, writer);
    await world.cluster.boot(first);
    await world.eventually('both halves to be whole again', async () => {
      const { status } = (await world.kube.get(volumes, volume.volumeId))!;
      return status?.phase === 'Synced' && status.inSync?.length === 2;
    });
    await next.stop();
    expect(await next.check(world.node(second), file)).toMatchObject({ bad: 0 });
    await volume.remove(second, 'a');
  });
}
