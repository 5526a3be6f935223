import type { Json } from '../../../src/sim/apiserver/object/json';
import { createLogger, transports } from 'winston';
import type { KubeObject, Resource } from '../../../src/api/meta';
import type { NodeSpec } from '../../../src/host/sim';
import { newLogger, type LogLevel, type Logger } from '../../../src/runtime/log';
import type { ApiServer } from '../../../src/sim/apiserver';
import { inProcessBackend } from '../../../src/sim/cluster/backend';
import { SimCluster, type ClusterOptions } from '../../../src/sim/cluster/cluster';
import { DirectLauncher, type Tap } from '../../../src/sim/cluster/processes/direct';
import { topologyKeys } from '../../../src/api/names';
import { seeded } from '../seeded';
import { Oracles } from './oracles';
import { Records } from './oracles/records';
import { driveBytes, SimulatedWorld } from './simulated-world';
import { VirtualTime } from './virtual-time';

type Nodes = Readonly<Record<string, NodeSpec & { readonly labels?: Record<string, string> }>>;

export interface VirtualOptions extends Partial<Pick<ClusterOptions, 'timings' | 'pace'>> {
  readonly nodes?: Nodes;
  readonly seed?: number;
}

/** The machines that the shared suite expects. */
export function suiteNodes(prefix = 'node'): Nodes {
  const sectors = [512, 512, 4096] as const;
  const drives = sectors.map((sectorSize) => ({ sizeBytes: driveBytes, sectorSize }));
  const node = (zone: string) => ({ drives, labels: { [topologyKeys.zone]: zone } });
  return { [`${prefix}1`]: node('a'), [`${prefix}2`]: node('b'), [`${prefix}3`]: node('b') };
}

/** A whole cluster in one thread, on virtual time, with everything that can go wrong within reach. */
export class VirtualWorld extends SimulatedWorld {
  /** Told of every call of MeshStor's processes. */
  readonly taps: Set<Tap>;
  readonly oracles: Oracles;
  readonly records: Records;

  private constructor(
    readonly time: VirtualTime,
    readonly server: ApiServer,
    cluster: SimCluster,
    taps: Set<Tap>,
  ) {
    super(cluster);
    this.taps = taps;
    this.records = new Records(server.store);
    this.oracles = new Oracles(cluster.world, this.records, time.clock);
  }

  /** Resolves when everything runs and every drive is reported. */
  static async start({ nodes = suiteNodes(), seed = 1, ...more }: VirtualOptions = {}): Promise<VirtualWorld> {
    const time = new VirtualTime();
    const { clock } = time;
    const random = seeded(seed);
    const backend = inProcessBackend({ clock, random });
    const taps = new Set<Tap>();
    const launcher = new DirectLauncher((...call) => taps.forEach((tap) => tap(...call)));
    const cluster = new SimCluster({ clock, random, log: quiet(), backend, launcher, nodes, ...more });
    const world = new VirtualWorld(time, backend.embedded, cluster, taps);
    await time.done(cluster.start());
    await time.pass(2_000);
    return world;
  }

  get clock() {
    return this.time.clock;
  }

  get hooks() {
    return this.server.hooks;
  }

  eventually<T>(what: string, look: () => Promise<T | undefined | false>, limitMs?: number): Promise<T> {
    return this.time.eventually(what, look, limitMs);
  }

  done<T>(work: Promise<T>): Promise<T> {
    return this.time.done(work);
  }

  pass(ms: number): Promise<void> {
    return this.time.pass(ms);
  }

  async columns(resource: Resource<KubeObject>, name: string): Promise<Record<string, string>> {
    const { type, version } = this.server.core.registry.served(resource.group, resource.version, resource.plural)!;
    const { object } = this.server.store.table(type.table).get(name)!;
    const view = { now: this.clock.now() };
    return Object.fromEntries(version.columns.map((column) => [column.name, text(column.cell(object, view))]));
  }

  async check(): Promise<void> {
    this.oracles.check();
  }
}

/** Failures are what these tests provoke: LOG=debug shows them. */
function quiet(): Logger {
  const { LOG: level } = process.env;
  if (level) return newLogger({ level: level as LogLevel, process: 'test', text: true });
  return createLogger({ silent: true, transports: [new transports.Console()] });
}

/** A cell as a table shows it. */
const text = (cell: Json | undefined): string => {
  const shown = cell ?? '';
  return typeof shown === 'string' ? shown : JSON.stringify(shown);
};
