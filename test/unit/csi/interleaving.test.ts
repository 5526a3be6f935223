import fc from 'fast-check';
import { NodeWorld } from '../../support/csi/node-world';
import { block, fileSystem, publish, stage, stagingPath, targetPath } from '../../support/csi/requests';
import { outcome } from '../../support/csi/world';

const pods = ['a', 'b'] as const;
type Pod = (typeof pods)[number];
type Step = { readonly do: 'stage' | 'unstage' } | { readonly do: 'publish' | 'unpublish'; readonly pod: Pod };

/** A kubelet that does not wait for answers: it starts a call, and gives up or goes on after some moments. */
type Impatient = Step & { readonly giveUpAfter: number | undefined; readonly nextAfter: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('stage' as const, 'unstage' as const) }),
  fc.record({ do: fc.constantFrom('publish' as const, 'unpublish' as const), pod: fc.constantFrom(...pods) }),
);
const moments = fc.integer({ min: 0, max: 12 });
const impatient: fc.Arbitrary<Impatient> = fc
  .tuple(step, fc.option(moments, { nil: undefined }), moments)
  .map(([wish, giveUpAfter, nextAfter]) => ({ ...wish, giveUpAfter, nextAfter }));

/** What is to be in the end: nothing, staged, or staged and published to some pods. */
const goal = fc.option(fc.subarray([...pods]), { nil: undefined });

const moment = () => new Promise((resolve) => setImmediate(resolve));

async function pass(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await moment();
}

class Kubelet {
  constructor(
    readonly world: NodeWorld,
    private readonly capability: ReturnType<typeof block | typeof fileSystem>,
  ) {}

  call(wish: Step, signal = new AbortController().signal): Promise<string> {
    return outcome(this.start(wish, signal));
  }

  private start(wish: Step, signal: AbortSignal): Promise<unknown> {
    const { n1 } = this.world;
    const call = this.world.call(undefined, signal);
    const volumeCapability = this.capability;
    const volumeId = 'pvc-1';
    switch (wish.do) {
      case 'stage':
        return n1.nodeStageVolume(stage({ volumeCapability }), call);
      case 'unstage':
        return n1.nodeUnstageVolume({ volumeId, stagingTargetPath: stagingPath }, call);
      case 'publish':
        return n1.nodePublishVolume(publish({ volumeCapability, targetPath: targetPath(wish.pod) }), call);
      case 'unpublish':
        return n1.nodeUnpublishVolume({ volumeId, targetPath: targetPath(wish.pod) }, call);
    }
  }

  async hurry(steps: readonly Impatient[]): Promise<void> {
    for (const { giveUpAfter, nextAfter, ...wish } of steps) {
      const caller = new AbortController();
      void this.call(wish, caller.signal);
      if (giveUpAfter !== undefined) void pass(giveUpAfter).then(() => caller.abort());
      await pass(nextAfter);
    }
  }

  /** Repeats each call until it succeeds, as a kubelet does. */
  async reach(published: readonly Pod[] | undefined): Promise<void> {
    const unwanted = pods.filter((pod) => !published?.includes(pod)).map((pod) => ({ do: 'unpublish', pod }) as const);
    const wanted = (published ?? []).map((pod) => ({ do: 'publish', pod }) as const);
    const plan: Step[] = published ? [...unwanted, { do: 'stage' }, ...wanted] : [...unwanted, { do: 'unstage' }];
    for (const wish of plan) {
      const answers: string[] = [];
      while (answers.at(-1) !== 'OK') {
        expect(answers.length).toBeLessThan(20);
        answers.push(await this.call(wish));
        await pass(10);
      }
    }
  }
}

/** Every call of the host agent and the API server takes a while, so that calls overlap. */
function slowDown(world: NodeWorld, delays: readonly number[]): void {
  let next = 0;
  const delay = () => pass(delays[next++ % delays.length]!);
  world.host.before = delay;
  world.kube.before = delay;
}

describe.each([
  ['a file system', fileSystem()],
  ['a block volume', block()],
])('calls for %s that overlap, are given up and come in any order', (_, capability) => {
  it('end in what is wanted last', async () => {
    const delays = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(impatient, { maxLength: 10 }), goal, delays, async (steps, published, slow) => {
        const world = await NodeWorld.attached(capability);
        const kubelet = new Kubelet(world, capability);
        slowDown(world, slow);
        await kubelet.hurry(steps);
        await kubelet.reach(published);
        await pass(20);
        const isFileSystem = capability.accessType.$case === 'mount';
        const expected = [...(published && isFileSystem ? [stagingPath] : []), ...(published ?? []).map(targetPath)];
        expect(world.host.pathsOf('pvc-1').sort()).toEqual(expected.sort());
        const { spec, status } = world.volume('pvc-1');
        expect(status!.array!.state).toBe(published ? 'Running' : 'Stopped');
        expect(spec.releasedEpoch).toBe(published ? undefined : 1);
      }),
      { numRuns: 150 },
    );
  });

  it('never leave a pod with a mount of something that was unmounted below it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(impatient, { maxLength: 12 }), async (steps) => {
        const world = await NodeWorld.attached(capability);
        const { changed } = world.host;
        const orphans: string[] = [];
        world.host.changed = () => {
          const paths = world.host.pathsOf('pvc-1');
          const below = capability.accessType.$case === 'mount' ? paths.includes(stagingPath) : isRunning(world);
          if (!below) orphans.push(...paths);
          changed();
        };
        slowDown(world, [1, 2, 0]);
        await new Kubelet(world, capability).hurry(steps);
        await pass(60);
        expect(orphans).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

const isRunning = (world: NodeWorld): boolean => world.volume('pvc-1').status!.array!.state === 'Running';
