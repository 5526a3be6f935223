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
    /** As sidecars and kubelets call: again, until it has been done. */
    const done = (what: string, call: () => Promise<string>) =>
      world.eventually(`${what} to succeed`, async () => (await call()) === 'OK');
    const use = async (node: string) => {
      await done('attaching', () => volume.attach(node));
      await done('staging', () => volume.stage(node));
      await done('publishing', () => volume.publish(node, 'a'));
    };
    const requiredBytes = String(Number.parseInt(smallest) * 1024 ** 2);
    await done('creating', () => volume.create({ capacityRange: { requiredBytes } }));
    const seen = (await volume.volume())!;
    const [first, second] = (await user().partitionsOf(seen)).map(({ spec }) => spec.nodeName) as [string, string];
    await use(first);
    await world.eventually('both halves to be whole', async () => {
      const { status } = (await world.kube.get(volumes, volume.volumeId))!;
      return status?.phase === 'Synced' && status.inSync?.length === 2;
    });
    const file = `${volume.target('a')}/data`;
    const writer = await LabWriter.start(world.node(first), file);
    await writer.progress(300);
    await world.node(first).powerCut();
    await writer.ended();

    await done('detaching from the dead node', () => volume.detach(first));
    await use(second);
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
    await done('unpublishing', () => volume.unpublish(second, 'a'));
    await done('unstaging', () => volume.unstage(second));
    await done('detaching', () => volume.detach(second));
    await done('deleting', () => volume.delete());
  });
}
