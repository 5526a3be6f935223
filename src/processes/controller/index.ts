import { hostname } from 'node:os';
import type { ControllerFlags } from '../flags';
import { controllerLeaseName } from '../../api/names';
import { watchAll } from '../../csi/caches';
import { controllerService } from '../../csi/controller';
import { identityService } from '../../csi/identity';
import { serveCsi } from '../../csi/server';
import type { Limits } from '../../controllers/migration/queue';
import type { PaceOptions } from '../../controllers/volume/pace';
import { aborted } from '../../runtime/aborted';
import { EventRecorder } from '../../runtime/events/recorder';
import { LeaderElector } from '../../runtime/lease/elector';
import { Manager, type Component } from '../../runtime/process/manager';
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
import { controllerParts } from './parts';

export interface ControllerOptions {
  /** unix:///path */
  readonly csiEndpoint: string;
  /** Of the leases. */
  readonly namespace: string;
  readonly leaderElect: boolean;
  /** Which process this is, unlike any other that ever ran. */
  readonly identity: string;
  /** Unset: neither metrics nor health are served. */
  readonly http?: HttpAddresses;
  readonly pace?: PaceOptions;
  readonly limits?: Limits;
}

/** The controller process, until the signal is aborted; rejects when it cannot go on. */
export async function controllerProcess(
  surroundings: Surroundings,
  options: ControllerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { kube, clock, log } = surroundings;
  const recorder = new EventRecorder({
    ...surroundings,
    client: kube,
    component: 'meshstor.io/controller',
    instance: options.identity,
  });
  const parts = controllerParts(surroundings, recorder, options.pace, options.limits);
  const { informers, controllers, liveness, heard } = parts;
  const manager = new Manager({ clock, log });
  if (options.http) for (const server of httpComponents(surroundings, options.http, manager)) manager.add(server);
  const { volumes, partitions, devices } = informers;
  const service = controllerService({ kube, caches: watchAll(volumes, partitions), devices, heard, clock });
  const isReady = () => Object.values(informers).every((informer) => informer.hasSynced);
  const identity = identityService({ version, isReady });
  manager
    .add(eventsComponent(recorder))
    .add(
      serverComponent('csi', () =>
        serveCsi({ ...surroundings, endpoint: options.csiEndpoint, identity, controller: service }),
      ),
    )
    .add(cachesComponent(Object.values(informers)))
    .add(
      leaderComponent(surroundings, options, [
        controllersComponent(controllers),
        { name: 'liveness', run: watchLiveness },
      ]),
    );
  await manager.run(signal);

  async function watchLiveness(until: AbortSignal): Promise<void> {
    liveness.start(until);
    await aborted(until);
  }
}

/** Decisions are the leader's alone; a replica that waits serves CSI calls, which only write wishes. */
function leaderComponent(
  surroundings: Surroundings,
  options: ControllerOptions,
  leading: readonly Component[],
): Component {
  const { kube: client } = surroundings;
  const { namespace, identity, leaderElect } = options;
  const lead = async (signal: AbortSignal) =>
    void (await Promise.all(leading.map((component) => component.run(signal))));
  if (!leaderElect) return { name: 'leader', run: lead };
  const elector = new LeaderElector({ ...surroundings, client, namespace, name: controllerLeaseName, identity });
  return { name: 'leader', run: (signal) => elector.run(signal, lead) };
}

export async function runController(flags: ControllerFlags, signal: AbortSignal): Promise<void> {
  const surroundings = await realSurroundings('controller', flags);
  const identity = `${hostname()}_${surroundings.random().toString(36).slice(2, 10)}`;
  const limits = { perNode: flags.syncsPerNode, perLink: flags.syncsPerLink };
  await controllerProcess(surroundings, { ...flags, http: flags, identity, limits }, signal);
}
