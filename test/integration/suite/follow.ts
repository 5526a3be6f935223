import type { KubeObject, Resource } from '../../../src/api/meta';
import { events, type Event } from '../../../src/runtime/events/event';
import type { World } from './world';

/** Every version of an object that a watch shows, from now on, as `look` sees it; equal ones in a row once. */
export class History<T extends KubeObject, V> {
  readonly seen: V[] = [];
  readonly #stop = new AbortController();

  constructor(
    private readonly world: World,
    private readonly resource: Resource<T>,
    private readonly look: (object: T) => V | undefined,
  ) {}

  async start(): Promise<this> {
    const { resourceVersion } = await this.world.done(this.world.kube.list(this.resource, { limit: 1 }));
    void this.#follow(resourceVersion);
    return this;
  }

  stop(): V[] {
    this.#stop.abort();
    return this.seen;
  }

  async #follow(resourceVersion: string): Promise<void> {
    for await (const event of this.world.kube.watch(this.resource, { resourceVersion }, this.#stop.signal)) {
      const view = event.type === 'BOOKMARK' ? undefined : this.look(event.object);
      if (view !== undefined && JSON.stringify(view) !== JSON.stringify(this.seen.at(-1))) this.seen.push(view);
    }
  }
}

/** `type reason` of the events about an object of this name. */
export async function eventsOf(world: World, name: string): Promise<string[]> {
  return (await allEvents(world, name)).map(({ type, reason }) => `${type} ${reason}`);
}

/** Waits for an event about the object with this reason that says this; all that it says. */
export async function noteOf(world: World, name: string, reason: string, says = /./): Promise<string> {
  return world.eventually(`an event ${reason} about ${name} that says ${says.source}`, async () => {
    const found = (await allEvents(world, name)).filter((event) => event.reason === reason);
    return found.find(({ note }) => note !== undefined && says.test(note))?.note;
  });
}

async function allEvents(world: World, name: string): Promise<Event[]> {
  const { items } = await world.kube.list(events);
  return items.filter(({ regarding }) => regarding.name === name);
}
