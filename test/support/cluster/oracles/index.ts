import type { Interceptor, SimNode, SimWorld, VerbCall } from '../../../../src/host/sim';
import type { Clock } from '../../../../src/runtime/clock';
import { checkDestruction } from './destruction';
import { Handovers } from './handover';
import { checkRecord, checkSessions, checkTrust, compareMembers } from './in-sync';
import { checkOwner } from './owner';
import type { Records } from './records';
import { Violations } from './violations';
import { checkExports, checkWriters } from './writers';

/**
 * Watches simulated machines and the embedded API server, and knows afterwards whether anything was seen that
 * must never be (docs/design/volume.md, "Invariants"): it looks at every notification of a kernel, around every
 * verb of an agent, and at every version of a volume that is stored.
 */
export class Oracles {
  readonly violations = new Violations();
  /** Around every verb of every agent, within the oracles' own look. */
  readonly interceptors = new Set<Interceptor>();

  constructor(
    private readonly world: SimWorld,
    private readonly records: Records,
    clock: Clock,
  ) {
    const handovers = new Handovers(this.violations, records, () => clock.now());
    for (const machine of world.nodes.values()) {
      this.watch(machine);
      machine.faults.interceptor = async (call, proceed) => {
        const around = [...this.interceptors].reduce<typeof proceed>(
          (inner, interceptor) => () => interceptor(call, inner),
          () => this.#act(call, proceed),
        );
        return around();
      };
    }
    records.onVolume((now, before) => {
      checkOwner(this.violations, now, before);
      checkTrust(this.violations, now, before);
      handovers.seen(now, before);
      checkRecord(this.violations, world, now);
    });
  }

  async #act<T>(call: VerbCall, proceed: () => Promise<T>): Promise<T> {
    checkDestruction(this.violations, this.records, call);
    const result = await proceed();
    this.look();
    return result;
  }

  /** To be called again after each boot. */
  watch(machine: SimNode): void {
    machine.kernel.listen(({ subject }) => {
      if (subject === 'md')
        for (const volume of this.records.volumes()) checkRecord(this.violations, this.world, volume);
    });
  }

  look(): void {
    checkWriters(this.violations, this.world, this.records);
    checkExports(this.violations, this.world);
    for (const volume of this.records.volumes()) checkSessions(this.violations, this.world, volume);
  }

  /** Throws when something was seen, or the members of a volume at rest differ. */
  check(): void {
    this.look();
    compareMembers(this.violations, this.world, this.records);
    this.violations.check();
  }
}
