import { availableParallelism } from 'node:os';
import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/log';
import type { CallOptions, HostAgent, HostVerb } from '../contract';
import type { HostEvent } from '../gen/host';
import { Call } from './call';
import { EventHub } from './events/hub';
import { EventSources } from './events/sources';
import { Processes, type Exec } from './exec';
import { Configfs } from './exports/configfs';
import { defaultPaths, type Host, type HostPaths } from './host';
import { Locks } from './locks';
import { Superblocks } from './members/superblocks';
import { runVerb } from './run-verb';
import { AutoAssembly } from './setup/auto-assembly';
import { getNodeFacts } from './setup/facts';
import { prepareKernel } from './setup/kernel';
import { holdMembers, stopStrayArrays } from './setup/leftovers';
import { installUdevRules } from './setup/udev-rules';
import { Recent } from './recent';
import { Sysfs } from './sysfs';
import { completeRequest, verbNames, verbs } from './verbs';

export type { HostPaths } from './host';

export interface LinuxHostOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: real processes. */
  readonly exec?: Exec;
  /** Default: where a Linux system has them. */
  readonly paths?: Partial<HostPaths>;
  /** I/O queues, and so connections, of each import. Default: one a processor, four at most. */
  readonly ioQueues?: number;
}

/** The host agent on a Linux kernel. */
export interface LinuxHostAgent extends HostAgent {
  /** Puts the machine in order before anything else is done. What cannot be put in order is in the node facts. */
  start(): Promise<void>;
  /** Ends what runs in the background. Arrays, maps, imports and exports stay as they are. */
  close(): void;
}

/** More connections do not make one volume faster, and each has its price on both nodes. */
const mostQueues = 4;
/** For putting the machine in order; a drive that hangs must not keep the agent from the others. */
const startMs = 30_000;

export function createLinuxHostAgent(options: LinuxHostOptions): LinuxHostAgent {
  const host = newHost(options);
  const hub = new EventHub();
  const sources = new EventSources(host, options.clock, hub);
  const findings: string[] = [];
  let listening: Promise<void> | undefined;
  const run = <T>(verb: string, callOptions: CallOptions | undefined, work: (call: Call) => Promise<T>) =>
    runVerb(verb, host, callOptions ?? {}, work);
  const unary = (verb: HostVerb) => (request: object, callOptions?: CallOptions) =>
    run(verb, callOptions, (call) =>
      verb === 'getNodeFacts'
        ? getNodeFacts(host, call, findings)
        : (verbs[verb] as (host: Host, request: unknown, call: Call) => Promise<unknown>)(
            host,
            completeRequest(verb, request),
            call,
          ),
    );
  return {
    ...(Object.fromEntries(verbNames.map((verb) => [verb, unary(verb)])) as unknown as HostAgent),
    async *watch(signal: AbortSignal): AsyncGenerator<HostEvent> {
      await (listening ??= sources.start());
      yield* hub.listen(signal);
    },
    async start() {
      findings.push(...(await putInOrder(host)));
      for (const finding of findings) host.log.warn('hazard', { finding });
    },
    close: () => sources.stop(),
  };
}

/** First of all that nobody else starts arrays: everything after may make members visible. */
async function putInOrder(host: Host): Promise<string[]> {
  const call = new Call('start', host.clock, startMs);
  await host.autoAssembly.ensure();
  const udev = await installUdevRules(host, call);
  const kernel = await prepareKernel(host, call);
  const stray = await stopStrayArrays(host, call);
  await holdMembers(host, call);
  return [...(udev === undefined ? [] : [udev]), ...kernel, ...stray];
}

/** A drive that hangs without an event is noticed that much later, with the next heartbeat. */
const driveAgeMs = 15_000;
/** A path that fails tells. */
const pathAgeMs = 5_000;

function newHost({ clock, log, exec, paths: given, ioQueues }: LinuxHostOptions): Host {
  const paths = { ...defaultPaths, ...given };
  const locks = new Locks();
  return {
    clock,
    log,
    exec: exec ?? new Processes(clock, log),
    sysfs: new Sysfs(paths.sys),
    proc: new Sysfs(paths.proc),
    paths,
    locks,
    nvmet: new Configfs(paths.nvmet, locks),
    superblocks: new Superblocks(),
    recent: {
      tables: new Recent(clock, driveAgeMs),
      signs: new Recent(clock, driveAgeMs),
      paths: new Recent(clock, pathAgeMs),
    },
    autoAssembly: new AutoAssembly(paths, log),
    lastSeenOn: new Map(),
    expectedNamespace: new Map(),
    ioQueues: ioQueues ?? Math.min(mostQueues, availableParallelism()),
  };
}
