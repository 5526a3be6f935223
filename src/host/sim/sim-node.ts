import type { Clock, Random } from '../../runtime/clock';
import { uuid5 } from '../../api/identity';
import type { CallOptions, HostAgent, HostVerb } from '../contract';
import { HostError } from '../errors';
import type { HostEvent, NodeFacts } from '../gen/host';
import { AgentProcess } from './agent/agent';
import { Memory } from './agent/host';
import { devicePath } from './agent/names';
import { verbs } from './agent/verbs';
import { FaultPlan } from './faults';
import type { Cells } from './hardware/cells';
import { Drive, type DriveSpec } from './hardware/drive';
import type { FabricTarget, Network, NetworkHost } from './hardware/network';
import { KernelClock } from './kernel/context';
import { Kernel } from './kernel/kernel';
import { Processes, SimMount, SimVolumeHandle } from './pods';
import type { Timings } from './timings';

/** Namespace of the boots of simulated machines. */
const bootIds = '5f0e3f5b-6d0b-4f43-9a44-6c1b6f1b2b9e';

export interface NodeSpec {
  readonly drives?: readonly DriveSpec[];
  /** Addresses of the storage network. Default: 10.77.0.N, N counting the nodes from 1. */
  readonly addresses?: readonly string[];
  readonly facts?: Partial<NodeFacts>;
}

interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly timings: Timings;
}

/** One simulated machine: drives, a kernel while it has power, and the agent on it. */
export class SimNode implements NetworkHost {
  /** Good for the node's whole life; Unreachable while the node is off or its agent is not running. */
  readonly agent: HostAgent;
  readonly faults: FaultPlan;
  readonly drives: readonly Drive[];
  readonly facts: Omit<NodeFacts, 'bootId'>;
  private readonly processes: Processes;
  private running: { readonly kernel: Kernel; process: AgentProcess | undefined } | undefined;
  private boots = 0;

  constructor(
    readonly name: string,
    readonly addresses: readonly string[],
    spec: NodeSpec,
    private readonly around: Surroundings,
  ) {
    this.facts = { kernel: '6.12.0-sim', mdadm: '4.4', rdma: false, warnings: [], ...spec.facts };
    this.drives = (spec.drives ?? [{}]).map((drive, index) => new Drive({ id: `sim.${name}-${index}`, ...drive }));
    this.faults = new FaultPlan(name, around.clock);
    this.processes = new Processes(name);
    this.agent = agentOf(this);
    around.network.attach(this, addresses);
    this.boot();
  }

  get on(): boolean {
    return this.running !== undefined;
  }

  get target(): FabricTarget | undefined {
    return this.running?.kernel.nvmet;
  }

  /** The running kernel, for those who want to look, or to do what the agent would not. */
  get kernel(): Kernel {
    if (!this.running) throw new Error(`node ${this.name} is off`);
    return this.running.kernel;
  }

  linkChanged(peer: string): void {
    this.running?.kernel.imports.linkChanged(peer);
  }

  // -- Power and processes ----------------------------------------------------------------------------------------

  /** Everything in memory is gone, and of volatile caches what chance takes. Drives and superblocks stay. */
  powerCut(): void {
    if (!this.running) return;
    const { kernel, process } = this.running;
    this.running = undefined;
    kernel.halt();
    for (const drive of this.drives) drive.losePower(this.around.random);
    process?.end('its node lost its power');
    this.processes.killAll();
    this.around.network.powerChanged(this.name);
  }

  /** Starts a fresh kernel and the agent. Nothing is exported, imported, assembled or mounted. */
  boot(): void {
    if (this.running) return;
    const { clock, random, network, timings } = this.around;
    const { name, addresses, drives } = this;
    const kernel = new Kernel({ name, addresses, drives, network, random, timings, clock: new KernelClock(clock) });
    this.running = { kernel, process: undefined };
    kernel.boot({ first: this.boots++ === 0 });
    this.startAgent();
    network.powerChanged(name);
  }

  /** The agent's process ends; the kernel goes on. */
  crashAgent(): void {
    const process = this.running?.process;
    if (!this.running || !process) return;
    this.running.process = undefined;
    process.end('its process ended');
  }

  startAgent(): void {
    if (!this.running || this.running.process) return;
    const { clock, random, timings } = this.around;
    const { kernel } = this.running;
    const { name: node, boots } = this;
    const facts = { bootId: uuid5(bootIds, `${node}/${boots}`), ...this.facts };
    this.running.process = new AgentProcess({ node, kernel, clock, random, timings, facts, memory: new Memory() });
  }

  /** The agent process of this moment. */
  get process(): AgentProcess {
    const process = this.running?.process;
    if (process) return process;
    const why = this.running ? 'does not run' : 'is on a node without power';
    throw new HostError('Unreachable', `the host agent of node ${this.name} ${why}`);
  }

  // -- Drives -------------------------------------------------------------------------------------------------------

  drive(id: string): Drive {
    const drive = this.drives.find((candidate) => candidate.id === id);
    if (!drive) throw new Error(`node ${this.name} has no drive ${id}`);
    return drive;
  }

  pullDrive(id: string): void {
    this.running?.kernel.drives.remove(id);
    this.drive(id).pull(this.around.random);
  }

  returnDrive(id: string): void {
    const drive = this.drive(id);
    if (drive.present) return;
    drive.insert();
    this.running?.kernel.drives.add(drive);
  }

  /** Somebody writes the drive anew, behind the kernel's back; it is then found as at a boot. */
  replaceContents(id: string, contents: Cells): void {
    this.running?.kernel.drives.remove(id);
    this.drive(id).overwrite(contents);
    this.running?.kernel.drives.add(this.drive(id));
  }

  // -- What pods do -------------------------------------------------------------------------------------------------

  /** Opens a block device: a volume's (/dev/mapper/meshstor-...), or one that is bound to the path. */
  open(path: string): SimVolumeHandle {
    const mount = this.kernel.mounts.find(path);
    if (mount && !mount.fileSystem) return new SimVolumeHandle(mount.device, this.processes, mount.readOnly);
    for (const device of this.kernel.dm.list()) {
      if (devicePath(device.name) === path) return new SimVolumeHandle(device, this.processes, false);
    }
    throw new Error(`node ${this.name}: there is no block device ${path}`);
  }

  /** Starts to work in a mounted file system. */
  enter(path: string): SimMount {
    const mount = this.kernel.mounts.find(path);
    const fileSystem = mount?.fileSystem;
    if (!mount || !fileSystem) throw new Error(`node ${this.name}: no file system is mounted at ${path}`);
    return new SimMount(Object.assign(mount, { fileSystem }), this.processes);
  }
}

function agentOf(node: SimNode): HostAgent {
  const call = (verb: HostVerb) => async (request: object, options?: CallOptions) =>
    node.faults.around(verb, request, async () => node.process.call(verb, request, options));
  const unary = Object.fromEntries((Object.keys(verbs) as HostVerb[]).map((verb) => [verb, call(verb)]));
  async function* watch(signal: AbortSignal): AsyncGenerator<HostEvent> {
    yield* node.process.watch(signal);
  }
  return { ...unary, watch } as unknown as HostAgent;
}
