import { setMaxListeners } from 'node:events';
import type { PaceOptions } from '../../controllers/volume/pace';
import {
  SimWorld,
  type NodeSpec,
  type SimMount,
  type SimNode,
  type SimVolumeHandle,
  type Timings,
} from '../../host/sim';
import type { Clock, Random } from '../../runtime/clock';
import { EventRecorder } from '../../runtime/events/recorder';
import type { KubeClient } from '../../runtime/kube/client';
import type { Logger } from '../../runtime/log';
import { newMetrics } from '../../runtime/metrics';
import { controlPlane, kubelet, sidecars, type World } from '../kubernetes/components';
import type { ControllerCalls, NodeCalls } from '../kubernetes/csi-calls';
import { newInformers, type Informers } from '../kubernetes/informers';
import { targetPath } from '../kubernetes/kubelet/paths';
import { registerDriver, registerNode } from '../kubernetes/kubelet/registration';
import { claimsOf } from '../kubernetes/kinds';
import type { Backend } from './backend';
import { install } from './install';
import type { Launcher, SimProcess } from './processes/process';

export interface ClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly backend: Backend;
  readonly launcher: Launcher;
  /** By name, in order. */
  readonly nodes: Readonly<Record<string, NodeSpec & { readonly labels?: Record<string, string> }>>;
  readonly pace?: PaceOptions;
  readonly timings?: Partial<Timings>;
}

export interface ClusterNode {
  readonly machine: SimNode;
  readonly process: SimProcess<NodeCalls>;
}

/**
 * A cluster of simulated machines: MeshStor's processes, kubelets and sidecars on an API server, which brings
 * its own control plane or is given one.
 */
export class SimCluster {
  readonly kube: KubeClient;
  readonly world: SimWorld;
  readonly controller: SimProcess<ControllerCalls>;
  readonly nodes = new Map<string, ClusterNode>();
  readonly #informers: Informers;
  readonly #stop = new AbortController();

  constructor(private readonly options: ClusterOptions) {
    const { clock, random, log, backend, launcher, pace, timings } = options;
    // Every informer and component listens for the end.
    setMaxListeners(0, this.#stop.signal);
    this.kube = backend.clientFor('cluster');
    this.world = new SimWorld({ clock, random, ...(timings && { timings }) });
    const spec = (name: string) => ({
      clock,
      random,
      log: log.child({ process: name }),
      metrics: newMetrics(),
      kube: backend.clientFor(name),
      ...(pace && { pace }),
    });
    this.controller = launcher.controller(spec('controller'));
    for (const [nodeName, { labels: _, ...node }] of Object.entries(options.nodes)) {
      const machine = this.world.addNode(nodeName, node);
      this.nodes.set(nodeName, {
        machine,
        process: launcher.node({ ...spec(nodeName), nodeName, host: machine.agent }),
      });
    }
    this.#informers = newInformers({ kube: backend.clientFor('kubernetes'), clock, random, log });
  }

  /** Resolves when nodes and driver are registered and everything runs. */
  async start(): Promise<void> {
    await install(this.kube);
    await this.controller.start();
    for (const [name, { machine, process }] of this.nodes) {
      const labels = this.options.nodes[name]?.labels ?? {};
      await registerNode(this.kube, { name, address: machine.addresses[0]!, labels });
      await process.start();
    }
    for (const [name, { process }] of this.nodes) await registerDriver(this.kube, process.csi, name);
    this.#runKubernetes();
  }

  #runKubernetes(): void {
    const { clock, random, log, backend } = this.options;
    const { signal } = this.#stop;
    const kube = backend.clientFor('kubernetes');
    const surroundings = { kube, clock, random, log: log.child({ process: 'kubernetes' }) };
    const recorder = new EventRecorder({ ...surroundings, client: kube, component: 'sim/kubernetes', instance: 'sim' });
    const world: World = { ...surroundings, informers: this.#informers, events: recorder };
    const kubelets = [...this.nodes].map(([name, { process }]) => kubelet(world, { name, csi: process.csi }));
    const own = backend.hasControlPlane ? [] : controlPlane(world);
    const components = [...own, ...sidecars(world, this.controller.csi), ...kubelets];
    for (const part of [recorder, ...Object.values(this.#informers), ...components]) void part.run(signal);
  }

  node(name: string): ClusterNode {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** Works in the file system that a running pod has mounted. */
  enter(podName: string, namespace = 'default'): SimMount {
    const { machine, path } = this.#mountOf(podName, namespace);
    return machine.enter(path);
  }

  /** Opens the block device that a running pod was given. */
  open(podName: string, namespace = 'default'): SimVolumeHandle {
    const { machine, path } = this.#mountOf(podName, namespace);
    return machine.open(path);
  }

  /** What the pod was given, by its claim's mode: a file system to work in, or a block device to open. */
  use(podName: string, namespace = 'default'): SimMount | SimVolumeHandle {
    const { machine, path } = this.#mountOf(podName, namespace);
    return machine.kernel.mounts.find(path)?.fileSystem ? machine.enter(path) : machine.open(path);
  }

  #mountOf(podName: string, namespace: string): { machine: SimNode; path: string } {
    const { pods, claims, volumes } = this.#informers;
    const pod = pods.get(podName, namespace);
    const [claim] = pod ? claimsOf(pod) : [];
    const volume = volumes.get(claims.get(claim ?? '', namespace)?.spec.volumeName ?? '');
    if (!pod?.spec.nodeName || !volume) throw new Error(`pod ${namespace}/${podName} has no volume yet`);
    return { machine: this.node(pod.spec.nodeName).machine, path: targetPath(volume, pod) };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.controller.kill();
    for (const { process } of this.nodes.values()) process.kill();
    await this.options.backend.close();
  }
}
