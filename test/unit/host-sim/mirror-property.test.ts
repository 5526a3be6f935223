import fc from 'fast-check';
import { isHostError } from '../../../src/host/errors';
import { AddMode } from '../../../src/host/gen/host';
import type { SimVolumeHandle } from '../../../src/host/sim';
import { Setting } from './setting';

/**
 * A mirror of a local and a remote half under random faults, run by somebody who follows the protocol: a half that
 * lost its path is loaded again, or given up and taken back. Whatever happened, in the end both halves are the same
 * and hold the last value of every write.
 */
class Mirror {
  readonly s: Setting;
  private handle!: SimVolumeHandle;
  private readonly expected = new Map<number, string>();
  private readonly writes: Promise<void>[] = [];
  private serial = 0;

  private constructor(seed: number) {
    this.s = new Setting({ seed });
  }

  static async make(seed: number): Promise<Mirror> {
    const mirror = new Mirror(seed);
    await mirror.s.mirror();
    await mirror.s.createPartition(mirror.s.b, 9);
    await mirror.s.export(mirror.s.b, 9, mirror.s.a);
    mirror.handle = mirror.s.open();
    return mirror;
  }

  /** Does not wait: the answer may take until the fault is mended. */
  write(cell: number): void {
    const value = `write ${this.serial++}`;
    this.expected.set(cell, value);
    this.writes.push(this.handle.write(cell, value));
  }

  async restartProvider(): Promise<void> {
    this.s.b.powerCut();
    await this.s.clock.advance(4_000);
    this.s.b.boot();
    await this.s.export(this.s.b, 9, this.s.a);
    await this.s.export(this.s.b, 1, this.s.a);
  }

  /** One pass of whoever looks after the volume. */
  async care(): Promise<void> {
    const { s } = this;
    const { imports, members, array } = await s.a.agent.getStack({ volumeUid: s.volume.uid });
    const mine = imports.find(({ nqn }) => nqn === s.nqn(1));
    if (!mine) await s.done(s.connect(s.a, s.b, 1)).catch(ignore);
    if (!members[1]!.path) await s.done(s.applyMember(s.a, 1, { epoch: s.epoch })).catch(ignore);
    if (!array!.members.some(({ slot }) => slot === 1)) {
      await s.add(1, AddMode.RE_ADD).catch(() => s.add(1).catch(ignore));
    }
  }

  async giveUpRemote(): Promise<void> {
    const { s } = this;
    const { members } = await s.a.agent.getStack({ volumeUid: s.volume.uid });
    if (members[1]!.path) return;
    await s.a.agent.setMemberPolicy({ volume: s.volume, slot: 1, queueing: false });
    await s.a.agent.removeArrayMember({ volume: s.volume, arrayUuid: s.array, slot: 1 }).catch(ignore);
  }

  async settle(): Promise<void> {
    const { s } = this;
    s.world.healLink('a', 'b');
    s.b.drives[0]!.unhang();
    for (let pass = 0; s.md.degraded > 0 || pass < 5; pass++) {
      if (pass > 100) throw new Error(`the mirror does not heal: ${JSON.stringify(await s.stack())}`);
      await this.care();
      await s.clock.advance(10_000);
    }
    await Promise.all(this.writes);
  }

  verify(): void {
    // Both partitions are the first of their drive: 1 MiB for the table, 4 MiB for the superblock.
    const halves = [this.s.a, this.s.b].map((node) => node.drives[0]!.peekRange(256 + 1_024, 20_000));
    expect(halves[1]).toEqual(halves[0]);
    for (const [cell, value] of this.expected) expect(halves[0]!.get(cell)).toBe(value);
  }
}

function ignore(error: unknown): void {
  if (!isHostError(error)) throw error;
}

const acts = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('write' as const), cell: fc.integer({ min: 0, max: 12 }) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 9_000 }) }) },
  fc.constant({ act: 'cut' as const }),
  fc.constant({ act: 'heal' as const }),
  fc.constant({ act: 'hang' as const }),
  fc.constant({ act: 'unhang' as const }),
  fc.constant({ act: 'restart' as const }),
  { weight: 3, arbitrary: fc.constant({ act: 'care' as const }) },
  { weight: 2, arbitrary: fc.constant({ act: 'giveUp' as const }) },
);

async function perform(mirror: Mirror, step: { act: string; cell?: number; ms?: number }): Promise<void> {
  const { s } = mirror;
  switch (step.act) {
    case 'write':
      return mirror.write(step.cell! * 1_500);
    case 'pass':
      return s.clock.advance(step.ms!);
    case 'cut':
      return s.world.cutLink('a', 'b');
    case 'heal':
      return s.world.healLink('a', 'b');
    case 'hang':
      return s.b.drives[0]!.hang();
    case 'unhang':
      return s.b.drives[0]!.unhang();
    case 'restart':
      s.b.drives[0]!.unhang();
      return mirror.restartProvider();
    case 'care':
      return mirror.care();
    case 'giveUp':
      return mirror.giveUpRemote();
  }
}

it('a mirror that is looked after loses no write and ends with equal halves, whatever happens to its remote half', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 40 }), fc.nat(), async (steps, seed) => {
      const mirror = await Mirror.make(seed);
      for (const step of steps) await perform(mirror, step);
      await mirror.settle();
      mirror.verify();
    }),
    { numRuns: 150 },
  );
}, 60_000);
