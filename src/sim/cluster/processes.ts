import { ControllerDefinition, NodeDefinition } from '../../csi/gen/csi';
import { watchAll, watchVolumes } from '../../csi/caches';
import { controllerService } from '../../csi/controller';
import { nodeService } from '../../csi/node';
import type { EventSink } from '../../controllers/event-sink';
import type { PaceOptions } from '../../controllers/volume/pace';
import type { HostAgent } from '../../host/contract';
import { controllerParts } from '../../processes/controller/parts';
import { nodeParts } from '../../processes/node/parts';
import type { Surroundings } from '../../processes/surroundings';
import type { Informer } from '../../runtime/cache/informer';
import type { Controller } from '../../runtime/controller/controller';
import type { KubeObject } from '../../api/meta';
import { CsiCallError, type ControllerCalls, type NodeCalls } from '../kubernetes/csi-calls';
import { callDirectly } from './direct-csi';
import { Lifeline, type OnCall } from './lifeline';

export interface ProcessDeps extends Surroundings {
  readonly events: EventSink;
  readonly pace?: PaceOptions;
  /** Told of every call that a process makes. */
  readonly onCall?: (process: string, ...call: Parameters<OnCall>) => void;
}

/**
 * A process of the product inside this one, without sockets: it can be killed at any instant, and started
 * again with nothing in memory. Calls to a dead one fail as calls to a dead socket do.
 */
abstract class DirectProcess<C extends object> {
  /** The CSI service it offers; good for all its lives. */
  readonly csi: C;
  #life: { lifeline: Lifeline; calls: C } | undefined;

  protected readonly onCall: OnCall;

  constructor(
    readonly name: string,
    methods: readonly string[],
    tell: ProcessDeps['onCall'],
  ) {
    this.onCall = (...call) => tell?.(name, ...call);
    const call = (method: string) => (request: never, options: never) => {
      if (!this.#life) return Promise.reject(new CsiCallError('UNAVAILABLE', `${name} is not running`));
      return (this.#life.calls as Record<string, (a: never, b: never) => Promise<unknown>>)[method]!(request, options);
    };
    this.csi = Object.fromEntries(methods.map((method) => [method, call(method)])) as C;
  }

  get running(): boolean {
    return this.#life !== undefined;
  }

  start(): void {
    if (this.#life) return;
    const lifeline = new Lifeline();
    this.#life = { lifeline, calls: this.launch(lifeline) };
  }

  /** As SIGKILL: whatever it was doing, nothing more comes of it. */
  kill(): void {
    this.#life?.lifeline.kill();
    this.#life = undefined;
  }

  /** Starts informers and controllers; the process's CSI service. */
  protected abstract launch(lifeline: Lifeline): C;
}

export class DirectController extends DirectProcess<ControllerCalls> {
  constructor(private readonly deps: ProcessDeps) {
    super('controller', Object.keys(ControllerDefinition.methods), deps.onCall);
  }

  protected launch(lifeline: Lifeline): ControllerCalls {
    const kube = lifeline.mortal(this.deps.kube, this.onCall);
    const surroundings = { ...this.deps, kube };
    const { informers, controllers, liveness } = controllerParts(surroundings, this.deps.events, this.deps.pace);
    const { volumes, partitions, devices } = informers;
    const caches = watchAll(volumes, partitions);
    run(lifeline, Object.values(informers), controllers);
    liveness.start(lifeline.signal);
    const service = controllerService({ kube, caches, devices, clock: this.deps.clock });
    return callDirectly(ControllerDefinition, service, this.deps.clock);
  }
}

export interface DirectNodeDeps extends ProcessDeps {
  readonly nodeName: string;
  readonly host: HostAgent;
}

export class DirectNode extends DirectProcess<NodeCalls> {
  constructor(private readonly deps: DirectNodeDeps) {
    super(`node ${deps.nodeName}`, Object.keys(NodeDefinition.methods), deps.onCall);
  }

  protected launch(lifeline: Lifeline): NodeCalls {
    const { nodeName, clock, events, pace } = this.deps;
    const kube = lifeline.mortal(this.deps.kube, this.onCall);
    const host = lifeline.mortal(this.deps.host, this.onCall);
    const settings = { nodeName, allowOldKernel: false, ...(pace && { pace }) };
    const { informers, controllers, hostEvents } = nodeParts({ ...this.deps, kube }, host, events, settings);
    const cache = watchVolumes(informers.volumes);
    run(lifeline, Object.values(informers), controllers);
    void hostEvents.run(lifeline.signal);
    const service = nodeService({ nodeName, kube, host, cache, clock });
    return callDirectly(NodeDefinition, service, clock);
  }
}

function run(
  { signal }: Lifeline,
  informers: readonly Pick<Informer<KubeObject>, 'run'>[],
  controllers: readonly Controller[],
): void {
  for (const informer of informers) void informer.run(signal);
  for (const controller of controllers) void controller.run(signal);
}
