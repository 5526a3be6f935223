import { setMaxListeners } from 'node:events';
import type { Address } from './flags';
import { aborted } from '../runtime/aborted';
import type { Informer } from '../runtime/cache/informer';
import type { Controller } from '../runtime/controller/controller';
import type { EventRecorder } from '../runtime/events/recorder';
import type { KubeObject } from '../runtime/kube/client';
import { HttpServer, type Check } from '../runtime/process/http-server';
import type { Component, Manager } from '../runtime/process/manager';
import type { Surroundings } from './surroundings';

/** The caches; what is started after them finds them filled. */
export function cachesComponent(informers: readonly Pick<Informer<KubeObject>, 'run' | 'whenSynced'>[]): Component {
  return {
    name: 'caches',
    run: async (signal) => {
      setMaxListeners(0, signal);
      await Promise.all(informers.map((informer) => informer.run(signal)));
    },
    ready: async () => void (await Promise.all(informers.map((informer) => informer.whenSynced()))),
  };
}

export const controllersComponent = (controllers: readonly Controller[]): Component => ({
  name: 'controllers',
  run: async (signal) => {
    setMaxListeners(0, signal);
    await Promise.all(controllers.map((controller) => controller.run(signal)));
  },
});

export const eventsComponent = (recorder: EventRecorder): Component => ({
  name: 'events',
  run: (signal) => recorder.run(signal),
});

/** Something that listens once it is ready, and is closed at the end. */
export function serverComponent(name: string, open: () => Promise<{ close(): Promise<void> }>): Component {
  let markReady = () => {};
  const listening = new Promise<void>((resolve) => (markReady = resolve));
  return {
    name,
    run: async (signal) => {
      const server = await open();
      markReady();
      await aborted(signal);
      await server.close();
    },
    ready: () => listening,
  };
}

/** /metrics and health, each where it is wanted; ready when everything the manager has is. */
export function httpComponents(
  { metrics, clock }: Pick<Surroundings, 'metrics' | 'clock'>,
  { metricsAddress, healthAddress }: HttpAddresses,
  manager: Manager,
  checks: Readonly<Record<string, Check>> = {},
): Component[] {
  return [metricsAddress, healthAddress].map(({ host, port }) => {
    const server = new HttpServer({ port, ...(host && { host }), metrics, clock });
    server.healthz.set('ping', () => undefined);
    server.readyz.set('components', manager.checkReady);
    for (const [name, check] of Object.entries(checks)) server.readyz.set(name, check);
    return server;
  });
}

export interface HttpAddresses {
  readonly metricsAddress: Address;
  readonly healthAddress: Address;
}
