import { HostError } from '../../../src/host/errors';
import type { SimProcess } from '../../../src/sim/cluster/processes/process';
import type { VirtualWorld } from './virtual-world';

/** Which of MeshStor's calls goes wrong, and how. */
export interface Crash {
  /** Counting the calls that change something from 1. */
  readonly nth: number;
  readonly when: 'before' | 'after';
  /** `process`: whoever calls dies. `agent`: the host agent that is called does. */
  readonly what: 'process' | 'agent';
}

/** How long what died takes to come back. */
const restartMs = 1_000;

const reads: ReadonlySet<string> = new Set([
  ...['get', 'list', 'watch', 'getStack', 'listStacks', 'getPartition', 'listDrives', 'getNodeFacts', 'getPathStats'],
]);

/** What ticks all the time, and says nothing about the work that is done. */
const ticking: ReadonlySet<string> = new Set(['events', 'leases', 'meshstornodedevices']);

/** Counts the calls that change something, and crashes at one of them. */
export class CrashPlan {
  #count = 0;
  #crash: Crash | undefined;
  /** The arguments of the call that is to be struck, which tell it from those that run beside it. */
  #marked: readonly unknown[] | undefined;
  /** What was hit, for people. */
  struck: string | undefined;

  constructor(private readonly world: VirtualWorld) {
    world.taps.add((process, method, when, args) => {
      const [resource] = args as [{ plural?: string }];
      if (reads.has(method) || ticking.has(resource?.plural ?? '')) return;
      const at = this.#crash;
      if (at?.what !== 'process') return;
      if (when === 'before' && ++this.#count === at.nth) this.#marked = args;
      if (args !== this.#marked || when !== at.when) return;
      this.#kill(process, [method, resource?.plural].filter((word) => word !== undefined).join(' '));
    });
    world.oracles.interceptors.add(async (call, proceed) => {
      const at = this.#crash;
      if (at?.what !== 'agent' || reads.has(call.verb) || ++this.#count !== at.nth) return proceed();
      // However it ended: nobody is told.
      if (at.when === 'after') await proceed().catch(() => undefined);
      this.#crashAgent(call.node, call.verb);
      throw new HostError('Unreachable', `${call.verb}: the agent died`);
    });
  }

  /** From now on, until it happened. */
  arm(crash: Crash | undefined): void {
    this.#count = 0;
    this.#marked = undefined;
    this.#crash = crash;
    this.struck = undefined;
  }

  /** Whether there were as many calls as it takes. */
  get reached(): boolean {
    return this.#crash !== undefined && this.#count >= this.#crash.nth;
  }

  #kill(name: string, call: string): void {
    this.#marked = undefined;
    this.struck = `${name}, ${this.#crash!.when} ${call}`;
    const { cluster } = this.world;
    const process: SimProcess<unknown> = name === 'controller' ? cluster.controller : cluster.node(name).process;
    process.kill();
    this.world.clock.setTimer(restartMs, () => void process.start());
  }

  #crashAgent(node: string, verb: string): void {
    this.struck = `the agent of ${node}, ${this.#crash!.when} ${verb}`;
    const machine = this.world.machine(node);
    machine.crashAgent();
    this.world.clock.setTimer(restartMs, () => machine.startAgent());
  }
}
