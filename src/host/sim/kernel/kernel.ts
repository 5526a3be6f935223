import type { Random } from '../../../runtime/clock';
import type { Drive } from '../hardware/drive';
import type { Network } from '../hardware/network';
import type { Timings } from '../timings';
import type { KernelClock, KernelContext, KernelEvent } from './context';
import { DmMaps } from './dm/maps';
import { DriveTable } from './drives';
import { Mounts } from './fs/mounts';
import { MdArrays } from './md/arrays';
import { NvmeImports } from './nvme/imports';
import { Nvmet } from './nvmet';

interface Machine {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly drives: readonly Drive[];
  readonly network: Network;
  readonly clock: KernelClock;
  readonly random: Random;
  readonly timings: Timings;
}

/**
 * What Linux does by itself on one node, from a boot to the next. It checks nothing that Linux does not check:
 * it serves a partition that an array uses, starts stale halves when told to, and re-adds what it should not.
 */
export class Kernel {
  readonly drives: DriveTable;
  readonly nvmet: Nvmet;
  readonly imports: NvmeImports;
  readonly dm: DmMaps;
  readonly md: MdArrays;
  readonly mounts = new Mounts();
  private readonly listeners = new Set<(event: KernelEvent) => void>();
  private numbers = 0;

  constructor(private readonly machine: Machine) {
    const { name, clock, random, network, timings } = machine;
    const context: KernelContext = {
      node: name,
      clock,
      random,
      network,
      timings,
      notify: (event) => {
        for (const listener of this.listeners) listener(event);
      },
      nextNumber: () => this.numbers++,
    };
    this.drives = new DriveTable(context);
    this.nvmet = new Nvmet(context, machine.addresses);
    this.imports = new NvmeImports(context, this.drives);
    this.dm = new DmMaps(context);
    this.md = new MdArrays(context);
  }

  /** Finds the drives, after the first boot in any order. Arrays are not started (`AUTO -all`). */
  boot({ first }: { first: boolean }): void {
    const drives = this.machine.drives.filter(({ present }) => present);
    for (const drive of first ? drives : shuffled(drives, this.machine.random)) this.drives.add(drive);
  }

  /** Everything that lived in memory is gone. */
  halt(): void {
    this.machine.clock.halt();
    this.nvmet.halt();
    this.imports.halt();
    this.listeners.clear();
  }

  /** Uevents and sysfs notifications. The function returned ends it. */
  listen(listener: (event: KernelEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(Math.floor(random() * rest.length), 1)[0]!);
}
