import { bringUp, enter, readFile, takeAway, untilWhole, writeFile } from '../../support/cluster/caller-files';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { Caller } from '../suite/csi';

const away = { kind: 'reset', effect: 'none' } as const;
const deadMs = 90_000;

describe('an owner that is replaced because nobody hears of it', () => {
  const user = useVirtualWorld();
  const { world } = user;

  /** How an owner can be lost while its kernel goes on, and how it comes back. */
  const losses: Readonly<Record<string, () => () => Promise<void>>> = {
    'cannot reach the API server': () => {
      const { hooks } = world();
      hooks.faults = ({ client }) => (client === 'node1' ? away : undefined);
      hooks.watches.reset(({ client }) => client === 'node1');
      return async () => void (hooks.faults = undefined);
    },
    'can reach neither the API server nor a provider': () => {
      const others = ['node2', 'node3'];
      const hear = losses['cannot reach the API server']!();
      for (const other of others) world().cluster.world.cutLink('node1', other);
      return async () => {
        for (const other of others) world().cluster.world.healLink('node1', other);
        await hear();
      };
    },
    'runs no process of MeshStor': () => {
      const { process } = world().cluster.node('node1');
      process.kill();
      world().machine('node1').crashAgent();
      return async () => {
        world().machine('node1').startAgent();
        await process.start();
      };
    },
    'is cut off from everybody': () => {
      const { process } = world().cluster.node('node1');
      const others = ['node2', 'node3'];
      process.kill();
      for (const other of others) world().cluster.world.cutLink('node1', other);
      return async () => {
        for (const other of others) world().cluster.world.healLink('node1', other);
        await process.start();
      };
    },
  };

  /** Where no process is left that could hold reads up as well. */
  const deaf = ['runs no process of MeshStor', 'is cut off from everybody'];
  const isAnswered = async (read: Promise<unknown>): Promise<boolean> => {
    let answered = false;
    void read.then(
      () => (answered = true),
      () => undefined,
    );
    await world().pass(deadMs);
    return answered;
  };

  it.each(Object.keys(losses))(
    'since it %s acknowledges nothing any more, answers nothing while it can know, and loses nothing',
    async (how) => {
      const volume = new Caller(user());
      await volume.create();
      await bringUp(volume, 'node1');
      await untilWhole(world(), volume);
      await writeFile(world(), volume, 'node1', 'acknowledged');
      const old = enter(world(), volume, 'node1');
      const comeBack = losses[how]!();
      await world().pass(deadMs);
      expect(await volume.detach('node1')).toBe('OK');
      await bringUp(volume, 'node2');

      let acknowledged = false;
      void old.writeFile('file', 'too late').then(
        () => (acknowledged = true),
        () => undefined,
      );
      expect(await readFile(world(), volume, 'node2')).toBe('acknowledged');
      await writeFile(world(), volume, 'node2', 'of the next owner');
      if (!deaf.includes(how)) expect(await isAnswered(old.readFile('file'))).toBe(false);
      await comeBack();
      await world().pass(deadMs);
      expect(acknowledged).toBe(false);
      world().machine('node1').powerCut();
      world().machine('node1').boot();
      await untilWhole(world(), volume);
      expect(await readFile(world(), volume, 'node2')).toBe('of the next owner');
      expect(acknowledged).toBe(false);
      await takeAway(volume, 'node2');
    },
  );

  it('and then gets its volume back does not go on with the array of before', async () => {
    const volume = new Caller(user());
    await volume.create();
    await bringUp(volume, 'node1');
    await untilWhole(world(), volume);
    await writeFile(world(), volume, 'node1', 'acknowledged');
    const old = enter(world(), volume, 'node1');
    const comeBack = losses['is cut off from everybody']!();
    let acknowledged = false;
    void old.writeFile('file', 'too late').then(
      () => (acknowledged = true),
      () => undefined,
    );
    await world().pass(deadMs);
    expect(await volume.detach('node1')).toBe('OK');
    await bringUp(volume, 'node2');
    await writeFile(world(), volume, 'node2', 'of the next owner');
    expect([await volume.unpublish('node2', 'a'), await volume.unstage('node2')]).toEqual(['OK', 'OK']);
    expect(await volume.detach('node2')).toBe('OK');
    const attaching = volume.attach('node1');
    await comeBack();
    expect(await attaching).toBe('OK');
    expect((await volume.volume())!.status!.owner).toMatchObject({ nodeName: 'node1', epoch: 3 });
    expect(await volume.stage('node1', {}, 30_000)).toMatch(/^(UNAVAILABLE|ABORTED|DEADLINE_EXCEEDED): /);
    expect(acknowledged).toBe(false);

    world().machine('node1').powerCut();
    world().machine('node1').boot();
    await bringUp(volume, 'node1');
    expect(await readFile(world(), volume, 'node1')).toBe('of the next owner');
    await untilWhole(world(), volume);
    await takeAway(volume, 'node1');
  });
});
