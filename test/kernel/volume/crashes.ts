import { smallest } from './data';
import type { LabWorld, SuiteUser } from './lab-world';

interface Victim {
  readonly process: 'host' | 'node' | 'controller';
  readonly of: 'consumer' | 'provider' | 'cluster';
}

const victims: readonly Victim[] = [
  { process: 'host', of: 'consumer' },
  { process: 'host', of: 'provider' },
  { process: 'node', of: 'consumer' },
  { process: 'node', of: 'provider' },
  { process: 'controller', of: 'cluster' },
];

/** Processes that die in the middle: when partitions were asked for, when the array was made, and in the deletion. */
export function describeCrashes(user: SuiteUser): void {
  it.each(victims)(
    'is made and deleted although the $process process of the $of is killed again and again',
    async (victim) => {
      const world = user.world();
      const [consumer] = world.nodes as [string];
      const claim = await user().claim({ size: smallest });
      const pod = await user().pod(claim, { node: consumer });
      const volume = await user().volumeOf(claim);
      const [, provider] = await world.eventually('its partitions to be asked for', async () => {
        const found = await user().partitionsOf(volume);
        return found.length === 2 && found.map(({ spec }) => spec.nodeName);
      });
      const strike = () => restart(world, victim, victim.of === 'provider' ? provider! : consumer);
      await strike();
      await user().volume(claim, 'recorded as made', ({ status }) => status?.array?.createdAt !== undefined);
      await strike();
      await user().running(pod);
      await world.volume(pod).write(1, 'written after all');
      const extents = await user().extentsOf(await user().synced(claim));
      expect(await Promise.all(extents.map((half) => world.holds(half, 'written after all')))).toEqual([true, true]);

      await user().deletePod(pod);
      await Promise.all([
        user().deleteClaim(claim),
        world
          .eventually('its partitions to be given back', async () =>
            (await user().partitionsOf(volume)).every(({ metadata }) => metadata.deletionTimestamp !== undefined),
          )
          .then(strike),
      ]);
    },
  );
}

/** Kills the process, and starts it again as the kubelet would its container. */
async function restart({ cluster }: LabWorld, { process }: Victim, node: string): Promise<void> {
  if (process === 'controller') {
    await cluster.controller.kill();
    await cluster.controller.start();
  } else {
    await cluster.processes(node).kill(process);
    await cluster.processes(node).restart(process);
  }
}
