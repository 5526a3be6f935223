import { indexes } from '../../../src/api/indexes';
import type { MeshStorNodeDevice, MeshStorVolume } from '../../../src/api/model';
import { labels, nodeDeviceName } from '../../../src/api/names';
import { kubeNodes, nodeDevices, partitions, volumes } from '../../../src/api/resources';
import { newCall, type Call } from '../../../src/csi/call';
import { watchAll, type VolumeCache, type VolumeCaches } from '../../../src/csi/caches';
import { controllerService } from '../../../src/csi/controller';
import { nodeService } from '../../../src/csi/node';
import { asCsiError } from '../../../src/csi/status';
import { timestamp } from '../../../src/runtime/clock';
import { CsiCallError } from '../../../src/sim/kubernetes/csi-calls';
import { FakeClock } from '../fake-clock';
import { ClusterDouble } from './cluster-double';
import { HostDouble } from './host-double';
import { WatchedApi } from './watched-api';

const GiB = 1024 ** 3;

/** The CSI services of a small cluster, with doubles for everything around them. */
export class World {
  readonly clock = new FakeClock();
  readonly kube = new WatchedApi();
  readonly host = new HostDouble();
  readonly cluster: ClusterDouble;
  readonly caches: VolumeCaches;
  /** Nodes whose leases are not renewed. */
  readonly dead = new Set<string>();
  readonly controller;

  constructor(readonly nodes: readonly string[] = ['n1', 'n2', 'n3']) {
    this.cluster = new ClusterDouble(this.kube, this.host, nodes);
    this.host.changed = () => this.kube.all(volumes).forEach(({ metadata }) => this.cluster.wake(metadata.name));
    this.caches = watchAll(
      this.kube.watched(volumes),
      this.kube.watched(partitions, { [indexes.byVolumeName]: ({ spec }) => spec.volumeName }),
    );
    const devices = this.kube.watched(nodeDevices, { [indexes.byNode]: ({ spec }) => spec.node });
    const heard = { hasSynced: true, isDead: (node: string) => this.dead.has(node) };
    this.controller = controllerService({
      kube: this.kube,
      caches: this.caches,
      devices,
      heard,
      clock: this.clock,
    });
    for (const node of nodes) {
      this.kube.seed(kubeNodes, {
        metadata: { name: node, labels: { 'topology.kubernetes.io/zone': `zone-${node}` } },
      });
      this.addDrive(node);
    }
  }

  addDrive(
    node: string,
    device = 'nvme0n1',
    more: Partial<MeshStorNodeDevice['status']> = {},
    spec: object = {},
  ): void {
    this.kube.seed(nodeDevices, {
      apiVersion: 'csi.meshstor.io/v1alpha1',
      kind: 'MeshStorNodeDevice',
      metadata: { name: nodeDeviceName(node, device), labels: { [labels.node]: node } },
      spec: { node, device, cordoned: false, evacuate: false, ...spec },
      status: {
        updatedAt: timestamp(this.clock),
        sectorSize: 512,
        freeBytes: 100 * GiB,
        biggestUsableFreeBytes: 100 * GiB,
        facts: { zone: `zone-${node}` },
        conditions: [{ type: 'Usable', status: 'True', reason: 'InService', message: '', lastTransitionTime: '' }],
        ...more,
      },
    });
  }

  /** The node's drives report now. */
  addHeartbeat(node: string): void {
    for (const { metadata, spec } of this.kube.all(nodeDevices)) {
      if (spec.node !== node) continue;
      this.kube.edit(nodeDevices, metadata.name, ({ status }) => (status!.updatedAt = timestamp(this.clock)));
    }
  }

  /** The node service of one node. Its mounts are `host`, so a world has one node with consumers. */
  node(nodeName: string, cache: VolumeCache = this.caches) {
    const { clock, kube, host } = this;
    return nodeService({ nodeName, kube, host: host.agent, cache, clock });
  }

  /** A call whose caller waits for so long; without a number, as long as it takes. */
  call(ms?: number, signal = new AbortController().signal): Call {
    return newCall(this.clock, signal, ms === undefined ? undefined : this.clock.now() + ms);
  }

  volume(name: string): MeshStorVolume {
    const found = this.kube.peek(volumes, name);
    if (!found) throw new Error(`there is no volume ${name}`);
    return found;
  }
}

/** How a call ends: `OK`, or the code and the message. Never rejects, so that it can be awaited later. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'OK';
  } catch (error) {
    const answer = error instanceof CsiCallError ? error : asCsiError(error);
    if (!answer) throw error;
    return `${answer.code}: ${answer.message}`;
  }
}
