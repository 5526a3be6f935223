import { setMaxListeners } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createLogger, transports } from 'winston';
import { parse } from 'yaml';
import type { KubeObject, Resource } from '../../../src/api/meta';
import type { MeshStorNodeDevice, MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { labels, namespace, nodeLeaseName } from '../../../src/api/names';
import { kubeNodes, leases, nodeDevices, partitions, volumes } from '../../../src/api/resources';
import { Liveness } from '../../../src/controllers/liveness';
import { byPartitionUUID } from '../../../src/controllers/nodedevice/counts';
import { allDrives, NodeDeviceReconciler } from '../../../src/controllers/nodedevice';
import { PartitionReconciler } from '../../../src/controllers/partition';
import { ClusterVolumeReconciler } from '../../../src/controllers/volume/cluster';
import { indexes as clusterIndexes } from '../../../src/controllers/volume/cluster/observe';
import { Promises } from '../../../src/controllers/volume/cluster/space';
import { NodeVolumeReconciler, volumeKey } from '../../../src/controllers/volume/node';
import { byVolumeUID } from '../../../src/controllers/volume/node/observe';
import { newCall, type Call } from '../../../src/csi/call';
import { indexes, watchAll, watchVolumes } from '../../../src/csi/caches';
import { controllerService } from '../../../src/csi/controller';
import { nodeService } from '../../../src/csi/node';
import { Transport } from '../../../src/host/gen/host';
import { SimWorld } from '../../../src/host/sim';
import { Informer } from '../../../src/runtime/cache/informer';
import { timestamp } from '../../../src/runtime/clock';
import { Controller } from '../../../src/runtime/controller/controller';
import { watched, type Source } from '../../../src/runtime/controller/source';
import type { KubeClient } from '../../../src/runtime/kube/client';
import type { Reconciler } from '../../../src/runtime/reconciler';
import { createApiServer } from '../../../src/sim/apiserver';
import { FakeClock } from '../fake-clock';

const GiB = 1024 ** 3;
const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const definitions = readdirSync('crds')
  .filter((file) => file.startsWith('meshstor'))
  .map((file) => parse(readFileSync(`crds/${file}`, 'utf8')) as object);

/** The CSI services over the real reconcilers, on simulated hosts and the embedded API server. */
export class FullWorld {
  readonly clock = new FakeClock();
  readonly random = seeded();
  readonly server = createApiServer({ clock: this.clock, random: this.random, definitions });
  readonly kube: KubeClient = this.server.client;
  readonly hosts = new SimWorld({ clock: this.clock, random: this.random });
  readonly csi = new Map<string, ReturnType<typeof nodeService>>();
  controller!: ReturnType<typeof controllerService>;
  private readonly log = createLogger({ silent: true, transports: [new transports.Console()] });
  private readonly end = new AbortController();
  private readonly processes = new Map<string, AbortController>();

  static async of(...nodes: string[]): Promise<FullWorld> {
    const world = new FullWorld();
    setMaxListeners(0, world.end.signal);
    await world.kube.create(namespaces, { metadata: { name: namespace } }, { fieldManager: 'test' });
    for (const node of nodes) await world.startNode(node);
    world.startController();
    await world.clock.advance(3_000);
    return world;
  }

  stop(): void {
    this.end.abort();
    this.server.close();
  }

  call(ms?: number): Call {
    return newCall(this.clock, this.end.signal, ms === undefined ? undefined : this.clock.now() + ms);
  }

  /** The answer, with as much time as it takes. */
  async answer<T>(call: Promise<T>): Promise<T> {
    let over = false;
    const done = call.finally(() => (over = true));
    done.catch(() => undefined);
    await this.clock.advanceUntil(() => over, 600_000);
    return done;
  }

  /** Power and processes of the node are gone. */
  killNode(nodeName: string): void {
    this.processes.get(nodeName)!.abort();
    this.hosts.node(nodeName).powerCut();
  }

  private process(name: string): AbortSignal {
    const process = new AbortController();
    this.processes.set(name, process);
    this.end.signal.addEventListener('abort', () => process.abort());
    setMaxListeners(0, process.signal);
    return process.signal;
  }

  private informer<T extends KubeObject>(
    signal: AbortSignal,
    resource: Resource<T>,
    options: object = {},
  ): Informer<T> {
    const { kube: client, clock, random, log } = this;
    const informer = new Informer<T>({ client, resource, clock, random, log, ...options });
    void informer.run(signal);
    return informer;
  }

  private run(signal: AbortSignal, reconciler: Reconciler, sources: readonly Source[]): Controller {
    const { clock, random, log } = this;
    const controller = new Controller({ reconciler, sources, clock, random, log, workers: 4 });
    void controller.run(signal);
    return controller;
  }

  private startController(): void {
    const { kube, clock } = this;
    const signal = this.process('controller');
    const all = this.informer(signal, volumes);
    const parts = this.informer<MeshStorPartition>(signal, partitions, {
      indexers: {
        [clusterIndexes.byVolumeName]: ({ spec }: MeshStorPartition) => [spec.volumeName],
        [clusterIndexes.byDeviceID]: ({ spec }: MeshStorPartition) => [spec.deviceID],
        [clusterIndexes.byNode]: ({ spec }: MeshStorPartition) => [spec.nodeName],
      },
    });
    const devices = this.informer<MeshStorNodeDevice>(signal, nodeDevices, {
      indexers: { [indexes.devicesByNode]: ({ spec }: MeshStorNodeDevice) => [spec.node] },
    });
    const liveness = new Liveness(clock);
    this.informer(signal, leases).onChange(({ now }) => now && liveness.observe(now));
    liveness.start(signal);
    const deps = { kube, volumes: all, partitions: parts, devices, liveness, promises: new Promises(), clock, events };
    const controller = this.run(signal, new ClusterVolumeReconciler(deps), [
      watched(all),
      watched(parts, ({ spec }) => [spec.volumeName]),
    ]);
    liveness.onChange(() => all.list().forEach(({ metadata }) => controller.enqueue(metadata.name)));
    this.controller = controllerService({ kube, caches: watchAll(all, parts), devices, clock });
  }

  private async startNode(nodeName: string): Promise<void> {
    const { kube, clock } = this;
    const signal = this.process(nodeName);
    const host = this.hosts.addNode(nodeName, { drives: [{ sizeBytes: 20 * GiB }] });
    await kube.create(kubeNodes, { metadata: { name: nodeName } }, { fieldManager: 'test' });
    this.renewLease(nodeName, signal);
    const mine = (label: string) => ({ labelSelector: `${label}=${nodeName}` });
    const consumed = this.informer<MeshStorVolume>(signal, volumes, { selectors: [mine(labels.consumer)] });
    const parts = this.informer<MeshStorPartition>(signal, partitions, {
      selectors: [mine(labels.node), mine(labels.consumer)],
      indexers: {
        [byVolumeUID]: ({ spec }: MeshStorPartition) => [spec.volumeUID],
        [byPartitionUUID]: ({ spec }: MeshStorPartition) => [spec.partitionUUID],
      },
    });
    const devices = this.informer<MeshStorNodeDevice>(signal, nodeDevices, { selectors: [mine(labels.node)] });
    const endpoint = { transport: Transport.TCP, address: host.addresses[0]!, port: 4420 };
    const common = { kube, host: host.agent, partitions: parts, clock, events, nodeName };
    this.run(signal, new PartitionReconciler({ ...common, endpoint: () => endpoint }), [watched(parts)]);
    const drives = new NodeDeviceReconciler({ ...common, devices, zone: () => undefined, allowOldKernel: false });
    this.run(signal, drives, [watched(devices, () => [allDrives]), watched(parts, () => [allDrives])]).enqueue(
      allDrives,
    );
    const enqueue = (key: string) => stacks.enqueue(key);
    const stacks: Controller = this.run(signal, new NodeVolumeReconciler({ ...common, volumes: consumed, enqueue }), [
      watched(consumed, ({ metadata }) => [volumeKey({ name: metadata.name, uid: metadata.uid! })]),
      watched(parts, ({ spec }) => [volumeKey({ name: spec.volumeName, uid: spec.volumeUID })]),
    ]);
    void this.followHost(nodeName, enqueue, signal).catch(() => undefined);
    this.csi.set(nodeName, nodeService({ nodeName, kube, host: host.agent, cache: watchVolumes(consumed), clock }));
  }

  private async followHost(nodeName: string, enqueue: (key: string) => void, signal: AbortSignal): Promise<void> {
    const { agent } = this.hosts.node(nodeName);
    for await (const { volumeUid } of agent.watch(signal)) {
      const known = (await agent.listStacks({})).volumes;
      for (const ref of known) if (!volumeUid || ref.uid === volumeUid) enqueue(volumeKey(ref));
    }
  }

  private renewLease(nodeName: string, signal: AbortSignal): void {
    const metadata = { name: nodeLeaseName(nodeName), namespace };
    const renew = async () => {
      if (signal.aborted) return;
      const spec = { holderIdentity: nodeName, renewTime: timestamp(this.clock) };
      await this.kube.apply(leases, { metadata, spec }, { fieldManager: 'test', force: true });
      this.clock.setTimer(10_000, () => void renew());
    };
    void renew();
  }
}

const events = { record: () => undefined };

function seeded(): () => number {
  let state = 42;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
