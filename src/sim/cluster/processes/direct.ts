import { namespace, nodeLeaseName } from '../../../api/names';
import { watchAll, watchVolumes } from '../../../csi/caches';
import { controllerService } from '../../../csi/controller';
import { ControllerDefinition, NodeDefinition } from '../../../csi/gen/csi';
import { nodeService } from '../../../csi/node';
import { controllerParts } from '../../../processes/controller/parts';
import { nodeParts } from '../../../processes/node/parts';
import type { Surroundings } from '../../../processes/surroundings';
import type { Informer } from '../../../runtime/cache/informer';
import type { Controller } from '../../../runtime/controller/controller';
import { EventRecorder } from '../../../runtime/events/recorder';
import type { KubeObject } from '../../../runtime/kube/client';
import { LeaseHeartbeat } from '../../../runtime/lease/heartbeat';
import { CsiCallError, type ControllerCalls, type NodeCalls } from '../../kubernetes/csi-calls';
import { callDirectly } from './direct-csi';
import { Lifeline, type OnCall } from './lifeline';
import type { ControllerSpec, Launcher, NodeSpec, SimProcess } from './process';

/** Told of every call that a process makes to the API server or its host agent; may kill it there and then. */
export type Tap = (process: string, ...call: Parameters<OnCall>) => void;

/** Runs the processes without sockets and without time of their own: deterministic with a virtual clock. */
export class DirectLauncher implements Launcher {
  constructor(private readonly tap: Tap = () => undefined) {}

  controller(spec: ControllerSpec): SimProcess<ControllerCalls> {
    const methods = Object.keys(ControllerDefinition.methods);
    return new DirectProcess('controller', methods, (life) => this.#controller(spec, life));
  }

  node(spec: NodeSpec): SimProcess<NodeCalls> {
    const methods = Object.keys(NodeDefinition.methods);
    return new DirectProcess(spec.nodeName, methods, (life) => this.#node(spec, life));
  }

  #controller(spec: ControllerSpec, life: Lifeline): ControllerCalls {
    const kube = life.mortal(spec.kube, (...call) => this.tap('controller', ...call));
    const recorder = recorderOf({ ...spec, kube }, 'controller');
    const { informers, controllers, liveness, heard } = controllerParts({ ...spec, kube }, recorder, spec.pace);
    const caches = watchAll(informers.volumes, informers.partitions);
    run(life, [recorder], Object.values(informers), controllers);
    liveness.start(life.signal);
    const service = controllerService({ kube, caches, devices: informers.devices, heard, clock: spec.clock });
    return callDirectly(ControllerDefinition, service, spec.clock);
  }

  #node(spec: NodeSpec, life: Lifeline): NodeCalls {
    const { nodeName, clock, log } = spec;
    const kube = life.mortal(spec.kube, (...call) => this.tap(nodeName, ...call));
    const host = life.mortal(spec.host, (...call) => this.tap(nodeName, ...call));
    const recorder = recorderOf({ ...spec, kube }, nodeName);
    const settings = { nodeName, allowOldKernel: false, ...(spec.pace && { pace: spec.pace }) };
    const { informers, controllers, hostEvents, leaseAnnotations } = nodeParts(
      { ...spec, kube },
      host,
      recorder,
      settings,
    );
    const lease = { name: nodeLeaseName(nodeName), namespace, identity: nodeName, annotations: leaseAnnotations };
    const heartbeat = new LeaseHeartbeat({ client: kube, clock, log, ...lease });
    const cache = watchVolumes(informers.volumes);
    run(life, [recorder, heartbeat, hostEvents], Object.values(informers), controllers);
    return callDirectly(NodeDefinition, nodeService({ nodeName, kube, host, cache, clock }), clock);
  }
}

class DirectProcess<C extends object> implements SimProcess<C> {
  readonly csi: C;
  #life: { lifeline: Lifeline; calls: C } | undefined;

  constructor(
    readonly name: string,
    methods: readonly string[],
    private readonly launch: (lifeline: Lifeline) => C,
  ) {
    const call = (method: string) => (request: never, options: never) => {
      if (!this.#life) return Promise.reject(new CsiCallError('UNAVAILABLE', `${name} is not running`));
      const { calls, lifeline } = this.#life;
      const answer = (calls as Record<string, (a: never, b: never) => Promise<unknown>>)[method]!(request, options);
      return lifeline.whileAlive(answer, () => new CsiCallError('UNAVAILABLE', `${name} ended during ${method}`));
    };
    this.csi = Object.fromEntries(methods.map((method) => [method, call(method)])) as C;
  }

  get running(): boolean {
    return this.#life !== undefined;
  }

  async start(): Promise<void> {
    if (this.#life) return;
    const lifeline = new Lifeline();
    this.#life = { lifeline, calls: this.launch(lifeline) };
  }

  kill(): void {
    this.#life?.lifeline.kill();
    this.#life = undefined;
  }
}

const recorderOf = (surroundings: Surroundings, name: string): EventRecorder =>
  new EventRecorder({
    ...surroundings,
    client: surroundings.kube,
    component: `meshstor.io/${name === 'controller' ? name : 'node'}`,
    instance: name,
  });

function run(
  { signal }: Lifeline,
  others: readonly { run(signal: AbortSignal): Promise<void> }[],
  informers: readonly Pick<Informer<KubeObject>, 'run'>[],
  controllers: readonly Controller[],
): void {
  for (const part of [...others, ...informers, ...controllers]) void part.run(signal);
}
