import { HostError } from '../../src/host/errors';
import type { VerbCall } from '../../src/host/sim';
import type { Fault as ApiFault } from '../../src/sim/apiserver/hooks/faults';
import type { RequestInfo } from '../../src/sim/apiserver/hooks/info';
import type { SimProcess } from '../../src/sim/cluster/processes/process';
import type { VirtualWorld } from '../support/cluster/virtual-world';
import { Lag } from './lag';
import type { CallFault, Fault, NewsFault } from './plan';

/** A call as the trace shows it, and what can go wrong with it. */
export interface Site {
  readonly process: string;
  readonly text: string;
  readonly kind: 'host write' | 'host read' | 'write' | 'read';
}

/** How long what died takes to come back, and how late news come. */
const restartMs = 1_000;
const lateMs = 5_000;
/** Calls at one moment of virtual time: ten times as many as there ever are where all is well. */
const tooMany = 500;
/** Requests and calls in one run, heartbeats included: several times as many as any takes. */
const endless = 6_000;

const hostReads: ReadonlySet<string> = new Set([
  ...['getStack', 'listStacks', 'getPartition', 'listDrives', 'getNodeFacts', 'getPathStats'],
]);
/** What ticks all the time, and says nothing about the work that is done. */
const ticking: ReadonlySet<string> = new Set(['events', 'leases']);
const ours = '.csi.meshstor.io';

/** Numbers what MeshStor's processes do from a moment on, and lets it go wrong as planned. */
export class Striker {
  readonly calls: Site[] = [];
  /** Tables of the changes of objects, in order. */
  readonly changes: string[] = [];
  /** Everything in order, as people read it. */
  readonly trace: string[] = [];
  /** What was there at the last mark. */
  reached = { calls: 0, changes: 0 };
  /** Whether it had to be ended because there was no end of calls. */
  runaway = false;
  #since = 0;
  #atOnce = 0;
  #all = 0;
  #armed = false;
  readonly #lag: Lag;

  constructor(
    private readonly world: VirtualWorld,
    private readonly faults: readonly Fault[],
    /** Nodes that the API server is out of reach of. */
    isolated: ReadonlySet<string>,
  ) {
    const { hooks, store } = world.server;
    this.#lag = new Lag(world.clock, store.revision);
    const processes = new Set(['controller', ...world.nodes]);
    hooks.faults = (info) => {
      this.#guard();
      if (isolated.has(info.client)) return { kind: 'reset', effect: 'none' };
      return this.#armed && processes.has(info.client) ? this.#request(info) : undefined;
    };
    world.oracles.interceptors.add((call, proceed) => {
      this.#guard();
      return this.#armed ? this.#hostCall(call, proceed) : proceed();
    });
    store.listen((table, { type, key, revision }) => {
      if (!table.endsWith(ours)) return;
      this.#lag.happened(revision);
      if (this.#armed) this.#change(table.slice(0, -ours.length), `${type} ${key}`);
    });
  }

  arm(): void {
    this.#armed = true;
  }

  /** Remembers how much there was to be hit up to now. */
  mark(): void {
    this.reached = { calls: this.calls.length, changes: this.changes.length };
  }

  /** Whether every fault of the plan came to pass. */
  get struck(): boolean {
    return this.faults.every((fault) =>
      'call' in fault ? fault.call <= this.calls.length : fault.change <= this.changes.length,
    );
  }

  #next(site: Site): CallFault | undefined {
    const number = this.calls.push(site);
    const planned = this.faults.find((fault) => 'call' in fault && fault.call === number);
    const how = planned && 'call' in planned ? planned.how : undefined;
    this.trace.push(
      `${this.world.clock.now()} call ${number} of ${site.process}: ${site.text}${how ? ` <- ${how}` : ''}`,
    );
    return how;
  }

  /** Ends everything when somebody goes round and round without any time passing: nothing else would. */
  #guard(): void {
    const now = this.world.clock.now();
    this.#atOnce = now === this.#since ? this.#atOnce + 1 : 1;
    this.#since = now;
    if (this.runaway || (this.#atOnce < tooMany && ++this.#all < endless)) return;
    this.runaway = true;
    this.world.cluster.controller.kill();
    for (const { process } of this.world.cluster.nodes.values()) process.kill();
  }

  #request(info: RequestInfo): ApiFault | undefined {
    const { verb, client, resource, subresource, name } = info;
    if (ticking.has(resource)) return undefined;
    if (verb === 'watch' || verb === 'list') return this.#lag.answer(info);
    const text = `${verb} ${resource}${subresource && `/${subresource}`} ${name}`;
    const how = this.#next({ process: client, text, kind: verb === 'get' ? 'read' : 'write' });
    const fail = (code: number, reason: string): ApiFault => ({
      ...{ kind: 'status', code, reason, message: `injected: ${reason}`, effect: 'none' },
    });
    switch (how) {
      case 'crash-before':
      case 'crash-after':
        this.#kill(client);
        return { kind: 'reset', effect: how === 'crash-before' ? 'none' : 'done' };
      case 'timeout':
        return { kind: 'reset', effect: 'done' };
      case 'conflict':
        return fail(409, 'Conflict');
      case 'fail':
        return fail(500, 'InternalError');
      default:
        return undefined;
    }
  }

  async #hostCall<T>({ node, verb, request }: VerbCall, proceed: () => Promise<T>): Promise<T> {
    const subject = JSON.stringify(request).slice(0, 160);
    const site: Site = {
      process: node,
      text: `${verb} ${subject}`,
      kind: hostReads.has(verb) ? 'host read' : 'host write',
    };
    const how = this.#next(site);
    const gone = new HostError('Unreachable', `${verb} on ${node}: injected, nobody answers`);
    if (how === 'crash-before') this.#kill(node);
    if (how === 'agent-before') this.#crashAgent(node);
    if (how === 'crash-before' || how === 'agent-before' || how === 'fail' || how === 'conflict') throw gone;
    if (how === undefined) return proceed();
    // However it ended: nobody is told.
    await proceed().catch(() => undefined);
    if (how === 'crash-after') this.#kill(node);
    if (how === 'agent-after') this.#crashAgent(node);
    throw new HostError('Timeout', `${verb} on ${node}: injected, too late`);
  }

  #change(table: string, text: string): void {
    const number = this.changes.push(table);
    this.trace.push(`${this.world.clock.now()} change ${number}: ${table} ${text}`);
    for (const fault of this.faults) {
      if (!('change' in fault) || fault.change !== number) continue;
      this.trace.push(`  <- ${fault.how} for ${fault.to}`);
      this.#miss(fault.to, table, fault.how);
    }
  }

  #miss(client: string, resource: string, how: NewsFault): void {
    const { watches } = this.world.hooks;
    const isIt = (info: RequestInfo) => info.client === client && info.resource === resource;
    if (how === 'late') {
      watches.stall(isIt);
      this.world.clock.setTimer(lateMs, () => watches.resume(isIt));
      return;
    }
    if (how === 'past') {
      this.#lag.forget(client, restartMs + lateMs);
      this.#kill(client);
      return;
    }
    if (how === 'stale') this.#lag.repeat(client, resource);
    watches.reset(isIt);
  }

  #kill(name: string): void {
    const { cluster, clock } = this.world;
    const process: SimProcess<unknown> = name === 'controller' ? cluster.controller : cluster.node(name).process;
    process.kill();
    clock.setTimer(restartMs, () => {
      // On a machine without power nothing starts.
      if (name === 'controller' || this.world.machine(name).on) void process.start();
    });
  }

  #crashAgent(node: string): void {
    const machine = this.world.machine(node);
    machine.crashAgent();
    this.world.clock.setTimer(restartMs, () => machine.startAgent());
  }
}
