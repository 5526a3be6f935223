import type { MeshStorNodeDevice, MeshStorPartition } from '../../api/model';
import { apiVersionOf, type ObjectMeta } from '../../api/meta';
import { labels, nodeDeviceName, nodeLabel } from '../../api/names';
import { nodeDevices } from '../../api/resources';
import type { HostAgent } from '../../host/contract';
import type { Drive, NodeFacts } from '../../host/gen/host';
import { timestamp, type Clock } from '../../runtime/clock';
import { isAlreadyExists, type KubeClient } from '../../runtime/kube/client';
import type { Lister } from '../../runtime/lister';
import { wait, type Outcome, type Pass, type Reconciler } from '../../runtime/reconciler';
import type { EventSink } from '../event-sink';
import { sameJSON } from '../../runtime/same-json';
import { countsOf } from './counts';
import { hazardOf } from './kernel';
import { statusOf } from './status';

export interface NodeDeviceDeps {
  readonly kube: KubeClient;
  readonly host: HostAgent;
  readonly devices: Lister<MeshStorNodeDevice>;
  readonly partitions: Lister<MeshStorPartition>;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly nodeName: string;
  /** The node's topology.kubernetes.io/zone label, when it is known and set. */
  readonly zone: () => string | undefined;
  readonly allowOldKernel: boolean;
  /** Told why this node cannot run arrays, or that it can. */
  readonly judged: (unfit: string | undefined) => void;
}

const fieldManager = 'meshstor-node';
/** Heartbeat (D3): three of them fit into the 60 s after which a report is stale. */
const heartbeatMs = 20_000;
/** D2: drives are read, and changes of one reported, at most this often: a burst of partitions is one report. */
const collectMs = 1_000;

/** All drives of a node are looked at together; the one key is this. */
export const allDrives = 'drives';

/** Reports this node's drives (docs/design/nodedevice.md). */
export class NodeDeviceReconciler implements Reconciler {
  readonly name = 'nodedevice';
  readonly #reported = new Map<string, number>();
  #lookedAt = -Infinity;
  #facts: NodeFacts | undefined;

  constructor(private readonly deps: NodeDeviceDeps) {}

  /** A drive that cannot be reported ends the pass with its failure, and takes no other drive's heartbeat. */
  async reconcile(_key: string, pass: Pass): Promise<Outcome> {
    const { host, nodeName, clock } = this.deps;
    const sinceLook = clock.now() - this.#lookedAt;
    if (sinceLook < collectMs) return wait(collectMs - sinceLook, 'more changes');
    this.#lookedAt = clock.now();
    this.#facts ??= await host.getNodeFacts({});
    this.deps.judged(hazardOf(this.#facts.kernel, this.deps.allowOldKernel));
    const { drives } = await host.listDrives({});
    const known = this.deps.devices.list().filter(({ spec }) => spec.node === nodeName);
    const names = new Set([...drives.map(({ name }) => name), ...known.map(({ spec }) => spec.device)]);
    const waits: number[] = [];
    const failures: unknown[] = [];
    for (const device of [...names].sort()) {
      try {
        const object = known.find(({ spec }) => spec.device === device) ?? (await this.#create(device, pass));
        const drive = drives.find(({ name }) => name === device);
        waits.push(await this.#report(object, drive));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return wait(Math.min(heartbeatMs, ...waits), 'the next heartbeat');
  }

  /** D1. The object as it is on the server, whoever made it. */
  async #create(device: string, pass: Pass): Promise<MeshStorNodeDevice> {
    const { kube, nodeName } = this.deps;
    const metadata: ObjectMeta = {
      name: nodeDeviceName(nodeName, device),
      labels: { [labels.node]: nodeLabel(nodeName) },
    };
    const object = {
      apiVersion: apiVersionOf(nodeDevices) as MeshStorNodeDevice['apiVersion'],
      kind: 'MeshStorNodeDevice' as const,
      metadata,
      spec: { node: nodeName, device, cordoned: false, evacuate: false },
    };
    pass.log.info('new drive', { device });
    try {
      return await kube.create(nodeDevices, object, { fieldManager });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return (await kube.get(nodeDevices, metadata.name)) ?? object;
    }
  }

  /** D2 to D4. Milliseconds until this drive has to be looked at again. */
  async #report(device: MeshStorNodeDevice, drive: Drive | undefined): Promise<number> {
    const { kube, clock, zone, allowOldKernel, partitions, nodeName } = this.deps;
    const { name } = device.metadata;
    const counts = countsOf(drive, partitions, nodeLabel(nodeName));
    const seen = { device, drive, counts, facts: this.#facts!, zone: zone(), allowOldKernel };
    const status = statusOf(seen, timestamp(clock));
    const since = clock.now() - (this.#reported.get(name) ?? -Infinity);
    const changed = !sameJSON({ ...device.status, updatedAt: '' }, { ...status, updatedAt: '' });
    if (changed ? since < collectMs : since < heartbeatMs) return (changed ? collectMs : heartbeatMs) - since;
    await kube.apply(nodeDevices, { metadata: { name }, status }, { fieldManager, force: true, subresource: 'status' });
    this.#reported.set(name, clock.now());
    this.#announce(device, status);
    return heartbeatMs;
  }

  #announce(device: MeshStorNodeDevice, status: ReturnType<typeof statusOf>): void {
    for (const { type, status: now, reason, message } of status.conditions ?? []) {
      const before = device.status?.conditions?.find((condition) => condition.type === type);
      if (before && before.reason !== reason) {
        this.deps.events.record(device, now === 'True' ? 'Normal' : 'Warning', reason, message);
      }
    }
  }
}
