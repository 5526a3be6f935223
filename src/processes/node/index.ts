import type { NodeFlags } from '../flags';
import { nodeLeaseName } from '../../api/names';
import { watchVolumes } from '../../csi/caches';
import { nodeService } from '../../csi/node';
import { identityService } from '../../csi/identity';
import { serveCsi } from '../../csi/server';
import type { PaceOptions } from '../../controllers/volume/pace';
import type { HostAgent } from '../../host/contract';
import { hostClient } from '../../host/rpc/client';
import { EventRecorder } from '../../runtime/events/recorder';
import { LeaseHeartbeat } from '../../runtime/lease/heartbeat';
import { Manager } from '../../runtime/process/manager';
import { version } from '../../version';
import {
  cachesComponent,
  controllersComponent,
  eventsComponent,
  httpComponents,
  serverComponent,
  type HttpAddresses,
} from '../components';
import { realSurroundings } from '../real';
import type { Surroundings } from '../surroundings';
import { nodeParts } from './parts';

export interface NodeOptions {
  readonly nodeName: string;
  /** unix:///path */
  readonly csiEndpoint: string;
  /** Of the lease. */
  readonly namespace: string;
  readonly allowOldKernel: boolean;
  /** Unset: neither metrics nor health are served. */
  readonly http?: HttpAddresses;
  readonly pace?: PaceOptions;
  /** Bytes a second that synchronisations get here beside other I/O, in all. */
  readonly syncBandwidth?: number;
}

/** The node process, until the signal is aborted; rejects when it cannot go on. */
export async function nodeProcess(
  surroundings: Surroundings,
  host: HostAgent,
  options: NodeOptions,
  signal: AbortSignal,
): Promise<void> {
  const { kube, clock, log } = surroundings;
  const { nodeName, namespace } = options;
  const recorder = new EventRecorder({
    ...surroundings,
    client: kube,
    component: 'meshstor.io/node',
    instance: nodeName,
  });
  const { informers, controllers, hostEvents, leaseAnnotations } = nodeParts(surroundings, host, recorder, options);
  const manager = new Manager({ clock, log });
  if (options.http) {
    const checks = { 'host agent': async () => void (await host.getNodeFacts({}, { deadlineMs: 2_000 })) };
    for (const server of httpComponents(surroundings, options.http, manager, checks)) manager.add(server);
  }
  const service = nodeService({ nodeName, kube, host, cache: watchVolumes(informers.volumes), clock });
  const isReady = () => Object.values(informers).every((informer) => informer.hasSynced);
  const identity = identityService({ version, isReady });
  const heartbeat = new LeaseHeartbeat({
    client: kube,
    namespace,
    name: nodeLeaseName(nodeName),
    identity: nodeName,
    annotations: leaseAnnotations,
    clock,
    log,
  });
  manager
    .add(eventsComponent(recorder))
    .add(
      serverComponent('csi', () =>
        serveCsi({ ...surroundings, endpoint: options.csiEndpoint, identity, node: service }),
      ),
    )
    .add(cachesComponent(Object.values(informers)))
    .add({ name: 'heartbeat', run: (until) => heartbeat.run(until) })
    .add(controllersComponent(controllers))
    .add({ name: 'host events', run: (until) => hostEvents.run(until) });
  await manager.run(signal);
}

export async function runNode(flags: NodeFlags, signal: AbortSignal): Promise<void> {
  const surroundings = await realSurroundings('node', flags);
  const host = hostClient({ ...surroundings, socketPath: flags.hostSocket });
  await nodeProcess(surroundings, host.agent, { ...flags, http: flags }, signal);
  host.close();
}
