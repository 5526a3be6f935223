import { createLogger, transports } from 'winston';
import type { Resource } from '../../../src/api/meta';
import { namespace } from '../../../src/api/names';
import { kubeNodes } from '../../../src/api/resources';
import { SimWorld } from '../../../src/host/sim';
import type { KubeClient } from '../../../src/runtime/kube/client';
import { newMetrics } from '../../../src/runtime/metrics';
import { createApiServer } from '../../../src/sim/apiserver';
import { shippedDefinitions } from '../../../src/sim/cluster/manifests';
import { DirectLauncher } from '../../../src/sim/cluster/processes/direct';
import type { SimProcess } from '../../../src/sim/cluster/processes/process';
import type { ControllerCalls, NodeCalls } from '../../../src/sim/kubernetes/csi-calls';
import { FakeClock } from '../fake-clock';

const GiB = 1024 ** 3;
const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const options = { fieldManager: 'test', force: true };

/** MeshStor's processes on simulated machines and an API server, with nobody else: the tests are the callers. */
export class FullWorld {
  readonly clock = new FakeClock();
  readonly hosts: SimWorld;
  readonly kube: KubeClient;
  readonly #server;
  readonly #nodes = new Map<string, SimProcess<NodeCalls>>();
  readonly #controller: SimProcess<ControllerCalls>;

  private constructor(names: readonly string[]) {
    const { clock } = this;
    const random = seeded();
    this.#server = createApiServer({ clock, random, definitions: shippedDefinitions() });
    this.kube = this.#server.client;
    this.hosts = new SimWorld({ clock, random });
    const log = createLogger({ silent: true, transports: [new transports.Console()] });
    const shared = { kube: this.kube, clock, random, log, metrics: newMetrics() };
    const launcher = new DirectLauncher();
    this.#controller = launcher.controller(shared);
    for (const nodeName of names) {
      const { agent: host } = this.hosts.addNode(nodeName, { drives: [{ sizeBytes: 20 * GiB }] });
      this.#nodes.set(nodeName, launcher.node({ ...shared, nodeName, host }));
    }
  }

  static async of(...names: string[]): Promise<FullWorld> {
    const world = new FullWorld(names);
    await world.kube.create(namespaces, { metadata: { name: namespace } }, options);
    for (const [name, node] of world.#nodes) {
      const address = world.hosts.node(name).addresses[0]!;
      const status = { addresses: [{ type: 'InternalIP', address }] };
      await world.kube.create(kubeNodes, { metadata: { name } }, options);
      await world.kube.apply(kubeNodes, { metadata: { name }, status }, { ...options, subresource: 'status' });
      await node.start();
    }
    await world.#controller.start();
    await world.clock.advance(3_000);
    return world;
  }

  stop(): void {
    this.#controller.kill();
    for (const node of this.#nodes.values()) node.kill();
    this.#server.close();
  }

  get controller() {
    return this.#controller.csi;
  }

  node(name: string) {
    return this.#nodes.get(name)!.csi;
  }

  /** Power and processes of the node are gone. */
  killNode(name: string): void {
    this.#nodes.get(name)!.kill();
    this.hosts.node(name).powerCut();
  }

  /** The answer, with as much virtual time as it takes. */
  async answer<T>(call: Promise<T>): Promise<T> {
    let over = false;
    const done = call.finally(() => (over = true));
    done.catch(() => undefined);
    await this.clock.advanceUntil(() => over, 600_000);
    return done;
  }
}

function seeded(): () => number {
  let state = 42;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
