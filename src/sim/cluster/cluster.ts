import { setMaxListeners } from 'node:events';
import { namespace } from '../../api/names';
import type { KubeObject } from '../../api/meta';
import type { PaceOptions } from '../../controllers/volume/pace';
import { SimWorld, type NodeSpec, type SimNode } from '../../host/sim';
import type { Clock, Random } from '../../runtime/clock';
import type { KubeClient } from '../../runtime/kube/client';
import type { Logger } from '../../runtime/log';
import { newMetrics } from '../../runtime/metrics';
import { createApiServer, type ApiServer } from '../apiserver';
import { controlPlane, kubelet, sidecars, type World } from '../kubernetes/components';
import { newInformers } from '../kubernetes/informers';
import { registerDriver, registerNode } from '../kubernetes/kubelet/registration';
import { storageClasses, type StorageClass } from '../kubernetes/kinds';
import { shippedDefinitions, shippedObjects } from './manifests';
import { DirectController, DirectNode, type ProcessDeps } from './processes';

export interface ClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** By name, in order. */
  readonly nodes: Readonly<Record<string, NodeSpec>>;
  readonly pace?: PaceOptions;
  /** Told of every call that MeshStor's processes make to the API server or a host agent. */
  readonly onCall?: ProcessDeps['onCall'];
}

/**
 * A whole cluster in one thread: API server, control plane, sidecars, kubelets, MeshStor's processes, and the
 * machines they run on. Deterministic with a virtual clock.
 */
export class SimCluster {
  readonly api: ApiServer;
  readonly kube: KubeClient;
  readonly world: SimWorld;
  readonly controller: DirectController;
  readonly nodes = new Map<string, { readonly machine: SimNode; readonly process: DirectNode }>();
  readonly #stop = new AbortController();
  readonly #events: { regarding: string; type: string; reason: string; note: string }[] = [];

  constructor(private readonly options: ClusterOptions) {
    const { clock, random, log } = options;
    // Every informer and component listens for the end.
    setMaxListeners(0, this.#stop.signal);
    this.api = createApiServer({ clock, random, definitions: shippedDefinitions() });
    this.kube = this.api.client;
    this.world = new SimWorld({ clock, random });
    const shared = { ...options, metrics: newMetrics(), events: { record: this.#record } };
    this.controller = new DirectController({ ...shared, log, kube: this.api.clientFor('controller') });
    for (const [nodeName, spec] of Object.entries(options.nodes)) {
      const machine = this.world.addNode(nodeName, spec);
      const kube = this.api.clientFor(nodeName);
      this.nodes.set(nodeName, {
        machine,
        process: new DirectNode({ ...shared, kube, nodeName, host: machine.agent }),
      });
    }
  }

  /** Events that were recorded, oldest first. */
  get events(): readonly { regarding: string; type: string; reason: string; note: string }[] {
    return this.#events;
  }

  async start(): Promise<void> {
    const { clock, random, log } = this.options;
    const surroundings = { kube: this.api.clientFor('kubernetes'), clock, random, log };
    const world: World = { ...surroundings, informers: newInformers(surroundings), events: { record: this.#record } };
    await this.#install();
    for (const [name, { machine }] of this.nodes) {
      await registerNode(this.kube, { name, address: machine.addresses[0]! });
    }
    this.controller.start();
    for (const { process } of this.nodes.values()) process.start();
    for (const [name, { process }] of this.nodes) await registerDriver(this.kube, process.csi, name);
    for (const informer of Object.values(world.informers)) void informer.run(this.#stop.signal);
    const kubelets = [...this.nodes].map(([name, { process }]) => kubelet(world, { name, csi: process.csi }));
    const components = [...controlPlane(world), ...sidecars(world, this.controller.csi), ...kubelets];
    for (const component of components) void component.run(this.#stop.signal);
  }

  stop(): void {
    this.#stop.abort();
    this.controller.kill();
    for (const { process } of this.nodes.values()) process.kill();
    this.api.close();
  }

  async #install(): Promise<void> {
    const options = { fieldManager: 'installer' };
    const spaces = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
    for (const name of ['default', namespace]) {
      await this.kube.apply(spaces, { metadata: { name } }, options);
    }
    for (const object of shippedObjects<StorageClass>('base/storageclasses.yaml')) {
      await this.kube.create(storageClasses, object, options);
    }
  }

  readonly #record = (regarding: KubeObject, type: string, reason: string, note: string): void => {
    this.#events.push({ regarding: `${regarding.kind}/${regarding.metadata.name}`, type, reason, note });
  };
}
