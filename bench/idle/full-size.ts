import { setMaxListeners } from 'node:events';
import { createLogger } from 'winston';
import { arrayUUID } from '../../src/api/identity';
import type { KubeObject, Resource } from '../../src/api/meta';
import { namespace, nodeLeaseName } from '../../src/api/names';
import { kubeNodes, partitions, volumes } from '../../src/api/resources';
import { controllerParts } from '../../src/processes/controller/parts';
import { nodeParts } from '../../src/processes/node/parts';
import type { Surroundings } from '../../src/processes/surroundings';
import { EventRecorder } from '../../src/runtime/events/recorder';
import { LeaseHeartbeat } from '../../src/runtime/lease/heartbeat';
import { newMetrics, type Metrics } from '../../src/runtime/metrics';
import { createApiServer, type ApiServer } from '../../src/sim/apiserver';
import { install } from '../../src/sim/cluster/install';
import { VirtualTime } from '../../test/support/cluster/virtual-time';
import { seeded } from '../../test/support/seeded';
import { addressOf, nodeName, nodes, sample, type Sample } from '../controller/sample';
import { Machine } from './stand-in';

type Runnable = { run(signal: AbortSignal): Promise<void> };

/** The product's own parts for a controller and 100 nodes, on virtual time, with stand-ins for the host agents. */
export class FullSize {
  readonly #end = new AbortController();
  readonly #metrics: Metrics[] = [];

  private constructor(
    readonly server: ApiServer,
    readonly time: VirtualTime,
  ) {
    setMaxListeners(0, this.#end.signal);
  }

  /** Resolves when it has run for some minutes, and all that was to be corrected in the sample is. */
  static async start(volumeCount: number): Promise<FullSize> {
    const time = new VirtualTime();
    const server = createApiServer({ clock: time.clock, random: seeded(1) });
    const world = new FullSize(server, time);
    await time.done(install(server.client));
    const samples = Array.from({ length: volumeCount }, (_, n) => corrected(sample(n)));
    for (const one of samples) world.#seed(one);
    for (let n = 0; n < nodes; n++) world.#startNode(n, samples);
    // A node without a heartbeat is dead to the controller.
    await time.pass(30_000);
    world.#startController();
    await time.pass(120_000);
    return world;
  }

  /** Passes that failed, which is a fault of the stand-ins; and all there were. */
  async passes(): Promise<{ failed: number; all: number }> {
    const sum = async (name: string) =>
      (await Promise.all(this.#metrics.map((metrics) => metrics.value(name)))).reduce((a, b) => a + b, 0);
    return {
      failed: await sum('controller_runtime_reconcile_errors_total'),
      all: await sum('controller_runtime_reconcile_total'),
    };
  }

  stop(): void {
    this.#end.abort();
    this.server.close();
  }

  #seed({ volume, partitions: parts }: Sample): void {
    this.#put(volumes, volume);
    for (const partition of parts) this.#put(partitions, partition);
  }

  #put({ plural, group }: Resource, object: KubeObject): void {
    const { managedFields: _, ...metadata } = object.metadata;
    this.server.store.put(group ? `${plural}.${group}` : plural, metadata.name, { ...object, metadata } as never);
  }

  #surroundings(client: string): Surroundings {
    const log = createLogger({ silent: true });
    const metrics = newMetrics();
    this.#metrics.push(metrics);
    return {
      kube: this.server.clientFor(client),
      clock: this.time.clock,
      random: seeded(2),
      log,
      metrics,
    };
  }

  #startNode(n: number, samples: readonly Sample[]): void {
    const name = nodeName(n);
    const status = { addresses: [{ type: 'InternalIP', address: addressOf(name) }] };
    this.#put(kubeNodes, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, uid: `node-${n}` },
      status,
    } as KubeObject);
    const around = this.#surroundings(name);
    const recorder = new EventRecorder({
      ...around,
      client: around.kube,
      component: 'meshstor.io/node',
      instance: name,
    });
    const agent = new Machine(n, name, samples).agent();
    const { informers, controllers, hostEvents } = nodeParts(around, agent, recorder, {
      nodeName: name,
      allowOldKernel: false,
    });
    const lease = { client: around.kube, namespace, name: nodeLeaseName(name), identity: name };
    this.#run([
      recorder,
      new LeaseHeartbeat({ ...around, ...lease }),
      hostEvents,
      ...Object.values(informers),
      ...controllers,
    ]);
  }

  #startController(): void {
    const around = this.#surroundings('controller');
    const component = 'meshstor.io/controller';
    const recorder = new EventRecorder({ ...around, client: around.kube, component, instance: 'controller' });
    const { informers, controllers, liveness } = controllerParts(around, recorder);
    liveness.start(this.#end.signal);
    this.#run([recorder, ...Object.values(informers), ...controllers]);
  }

  #run(all: readonly Runnable[]): void {
    for (const one of all) void one.run(this.#end.signal);
  }
}

/** The sample writes the array's UUID as mdadm does; a node writes it as it is. */
function corrected(one: Sample): Sample {
  const { array } = one.volume.status!;
  Object.assign(array!, { uuid: arrayUUID(one.volume.metadata.uid!) });
  return one;
}
