import { CrashPlan, type Crash } from '../../support/cluster/crashes';
import { shapeOf } from '../../support/cluster/shape';
import { VirtualWorld } from '../../support/cluster/virtual-world';
import { freeSpace, expectNothingLeft } from '../suite/use';
import { User } from '../suite/user';

/** What is done with a volume, from nothing to nothing. Each step ends where nobody has anything left to do. */
class Life {
  #claim = '';
  #pod = '';

  constructor(
    readonly user: User,
    private readonly storageClass: string,
  ) {}

  readonly steps: Readonly<Record<string, () => Promise<unknown>>> = {
    provisioning: async () => {
      this.#claim = await this.user.claim({ storageClass: this.storageClass });
      await this.user.synced(this.#claim);
    },
    'attaching and staging': async () => {
      this.#pod = await this.user.runningPod(this.#claim, { node: 'node1' });
      await this.user.world.volume(this.#pod).write(1, 'written at home');
    },
    moving: async () => {
      await this.user.deletePod(this.#pod);
      this.#pod = await this.user.runningPod(this.#claim, { node: 'node2' });
      expect(await this.user.world.volume(this.#pod).read(1)).toBe('written at home');
      await this.user.synced(this.#claim);
    },
    unstaging: async () => {
      await this.user.deletePod(this.#pod);
      await this.user.volume(this.#claim, 'detached', ({ status }) => status?.nodeName === undefined);
    },
    deletion: async () => {
      const { world } = this.user;
      await this.user.deleteClaim(this.#claim);
      await world.eventually('every machine to be bare', async () => (await world.traces()).length === 0);
    },
  };
}

/** One step of one life, and its end. */
interface Lived {
  readonly shape: object | undefined;
  readonly struck: string | undefined;
  /** There was no call left to be hit. */
  readonly over: boolean;
}

/** Longer than what died takes to come back and see what is left to do, and than its status is collected. */
const restMs = 20_000;

/** Lives of volumes, one after the other in one world that is as it was after each. */
class Lives {
  private constructor(
    private readonly world: VirtualWorld,
    private readonly plan: CrashPlan,
    private readonly free: Awaited<ReturnType<typeof freeSpace>>,
  ) {}

  static async start(): Promise<Lives> {
    const world = await VirtualWorld.start();
    return new Lives(world, new CrashPlan(world), await world.done(freeSpace(world)));
  }

  /** By step: where the volume was at its end, and what was hit. */
  async live(crashIn: (step: string) => Crash | undefined): Promise<Map<string, Lived>> {
    const { world, plan } = this;
    const user = new User(world);
    const life = new Life(user, await user.class({ binding: 'Immediate' }));
    const lived = new Map<string, Lived>();
    for (const [step, work] of Object.entries(life.steps)) {
      plan.arm(crashIn(step));
      try {
        await work();
        // What died last comes back, and does the rest.
        await world.pass(restMs);
      } catch (error) {
        throw new Error(`${step}, ${plan.struck ?? 'with nobody hit'}: ${String(error)}`, { cause: error });
      }
      const [volume] = world.records.volumes();
      const shape = volume && (await world.done(shapeOf(world, volume)));
      lived.set(step, { shape, struck: plan.struck, over: !plan.reached });
      await world.check();
    }
    plan.arm(undefined);
    await expectNothingLeft(world, user, this.free);
    return lived;
  }
}

type Kind = Omit<Crash, 'nth'> & { readonly title: string };

const kinds: readonly Kind[] = [
  { what: 'process', when: 'before', title: 'whichever process is about to change something' },
  { what: 'process', when: 'after', title: 'whichever process changed something and does not know it' },
  { what: 'agent', when: 'before', title: 'a host agent that is about to change something' },
  { what: 'agent', when: 'after', title: 'a host agent that changed something and did not answer' },
];

/** What is called in a life, each of which must have been hit, lest the enumeration end early without a word. */
const agentCalls = [
  ...['createPartition', 'applyExport', 'connect', 'applyMember', 'createArray', 'addArrayMember', 'setSyncLimits'],
  ...['applyVolumeDevice'],
  ...['formatVolume', 'mountVolume', 'bindMount', 'unmount', 'removeVolumeDevice', 'stopArray', 'removeMember'],
  ...['disconnect', 'removeExport', 'assembleArray', 'wipePartition', 'deletePartition'],
];
const processCalls = [
  ...agentCalls,
  ...['create', 'delete'].flatMap((verb) => ['meshstorvolumes', 'meshstorpartitions'].map((of) => `${verb} ${of}`)),
  ...['patch', 'apply'].flatMap((verb) => ['meshstorvolumes', 'meshstorpartitions'].map((of) => `${verb} ${of}`)),
];

it.each(kinds)(
  'a volume gets where it would have got, and leaves nothing, when $title dies at any step',
  async ({ what, when }) => {
    const lives = await Lives.start();
    const undisturbed = await lives.live(() => undefined);
    const open = new Set(undisturbed.keys());
    const hits = new Set<string>();
    for (let nth = 1; open.size > 0; nth++) {
      const lived = await lives.live((step) => (open.has(step) ? { what, when, nth } : undefined));
      for (const [step, { shape, struck, over }] of lived) {
        expect({ step, struck, shape }).toEqual({ step, struck, shape: undisturbed.get(step)!.shape });
        if (over) open.delete(step);
        else hits.add(struck?.split(`, ${when} `)[1] ?? `call ${nth} of ${step} was not hit`);
      }
    }
    expect([...hits].sort()).toEqual([...(what === 'agent' ? agentCalls : processCalls)].sort());
  },
  300_000,
);
