import type { KubeObject, Resource } from '../../../src/api/meta';
import { nodeDevices } from '../../../src/api/resources';
import { systemClock } from '../../../src/runtime/clock';
import type { SimCluster } from '../../../src/sim/cluster/cluster';
import { SimulatedWorld } from '../cluster/simulated-world';
import type { Tables } from './tables';

/** What is seen of the cluster besides what its users see. */
export interface Watchman {
  /** Throws when anything was seen that must never be. */
  check(): void;
}

export interface RealTimeParts {
  readonly cluster: SimCluster;
  readonly tables: Tables;
  readonly watchman: Watchman;
  /** Called after the cluster has ended. */
  readonly close: () => Promise<void>;
}

/** Far beyond what anything takes on a busy machine: only what hangs is given up. */
const patienceMs = 100_000;
const lookEveryMs = 25;

/** Nobody waits here for drives: synchronisation takes seconds, and is reported several times all the same. */
export const swift = {
  timings: { mdSyncKibPerSecond: 2_000_000 },
  pace: { settleMs: 100, progressMs: 250 },
};

/** The world of the shared suite on the machine's own clock, behind an API server that is reached over HTTP. */
export class RealTimeWorld extends SimulatedWorld {
  constructor(private readonly parts: RealTimeParts) {
    super(parts.cluster);
  }

  /** Resolves when everything runs and every drive is reported. */
  async start(): Promise<this> {
    await this.cluster.start();
    const drives = this.machines.flatMap((machine) => machine.drives).length;
    await this.eventually('every drive to be reported', async () => {
      const { items } = await this.kube.list(nodeDevices);
      return items.filter(({ spec, status }) => this.nodes.includes(spec.node) && status?.freeBytes).length === drives;
    });
    return this;
  }

  /** Looks again and again: what is waited for may show on a machine only, of which nobody tells. */
  async eventually<T>(what: string, look: () => Promise<T | undefined | false>, limitMs = patienceMs): Promise<T> {
    const end = systemClock.now() + limitMs;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (systemClock.now() > end) throw new Error(`not so after ${limitMs / 1000} s: ${what}`);
      await systemClock.sleep(lookEveryMs);
    }
  }

  done<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  columns(resource: Resource<KubeObject>, name: string): Promise<Record<string, string>> {
    return this.parts.tables.row(resource, name);
  }

  async check(): Promise<void> {
    this.parts.watchman.check();
  }

  override async stop(): Promise<void> {
    await this.parts.tables.close();
    await super.stop();
    await this.parts.close();
  }
}
