import { Command, Option } from 'commander';
import { systemClock, systemRandom } from '../../runtime/clock';
import type { LogLevel } from '../../runtime/log';
import { version } from '../../version';
import { logLevelOption } from '../cluster/flags';
import { startLocalCluster, type LocalCluster } from '../cluster/local-cluster';
import { headings } from './headings';
import { chooseShow, type Output } from './show/choose';
import type { Hint } from './show/show';
import { kubernetes } from './story/kubernetes';
import { life } from './story/life';
import { fast, watchable, type Scale } from './story/scale';
import type { Stage } from './story/stage';
import { StepFailed, Teller } from './story/teller';
import { Watch } from './watch';

export interface DemoFlags {
  readonly fast: boolean;
  readonly output: 'text' | 'json';
  readonly logLevel: LogLevel;
}

export const demoCommand = (): Command =>
  new Command('demo')
    .description("A volume's life on a simulated cluster, in under a minute; ends by itself, leaves nothing behind")
    .option('--fast', 'synchronise faster than anybody can watch', false)
    .addOption(
      new Option('-o, --output <format>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addOption(logLevelOption());

const about =
  'Machines, drives, kernels and network are simulated in this one process; the API server is embedded. ' +
  "MeshStor's controller, node processes and CSI sockets are the real ones. No privileges, no cluster, no cleaning up.";

const next: readonly Hint[] = [
  { how: 'make cluster', what: 'keeps such a cluster running, for kubectl and any CSI client' },
  { how: 'docs/architecture.md', what: 'how it works' },
  { how: 'docs/guides/install.md', what: 'on a cluster of yours' },
];

/** Resolves when everything came true; rejects with a sentence that says what did not. */
export async function runDemo(flags: DemoFlags, output: Output, signal: AbortSignal): Promise<void> {
  const clock = systemClock;
  const show = chooseShow(flags.output, output, process.env, clock);
  const restore = () => show.close();
  process.once('exit', restore);
  const stage = new LocalStage(flags);
  const teller = new Teller({ show, clock, signal, headings });
  const began = clock.now();
  const summary = () => ({ proven: teller.proven, next, durationMs: clock.now() - began });
  try {
    show.opening(`MeshStor ${version}: the life of a volume on a simulated cluster`, about);
    await life(teller, () => stage.open());
    show.summary({ ...summary(), ok: true, failure: undefined });
    await stage.close();
  } catch (error) {
    const kept = await stage.close({ keep: error instanceof StepFailed && !signal.aborted });
    if (signal.aborted) throw new Error('Interrupted; nothing is left behind.', { cause: error });
    const failure = `${(error as Error).message}.${kept ? ` The logs are in ${kept}.` : ''}`;
    show.summary({ ...summary(), ok: false, failure });
    show.close();
    throw new Error(failure, { cause: error });
  } finally {
    show.close();
    process.off('exit', restore);
  }
}

/** The cluster and what follows it: opened once, and closed however far it came. */
class LocalStage {
  readonly #scale: Scale;
  #local: Promise<LocalCluster> | undefined;
  #watch: Watch | undefined;

  constructor(private readonly flags: DemoFlags) {
    this.#scale = flags.fast ? fast : watchable;
  }

  async open(): Promise<Stage> {
    const { nodes, drivesPerNode: drives, driveBytes, timings, pace } = this.#scale;
    const machines = { nodes, drives, driveBytes, timings, pace };
    this.#local = startLocalCluster({ ...machines, port: 0, keep: false, logLevel: this.flags.logLevel });
    const local = await this.#local;
    // kubernetes-fluent-client looks for its cluster where kubectl would.
    process.env.KUBECONFIG = local.folder.kubeconfig;
    this.#watch = new Watch(local.connection, systemClock);
    return { local, watch: this.#watch, kubernetes, scale: this.#scale, clock: systemClock, random: systemRandom };
  }

  /** Returns the folder of the logs when it was kept. */
  async close({ keep = false } = {}): Promise<string | undefined> {
    await this.#watch?.close();
    const local = await this.#local?.catch(() => undefined);
    await local?.close({ keep });
    return keep ? local?.folder.logs : undefined;
  }
}
