import type { CallOptions, HostVerb, RequestOf, ResponseOf } from '../../contract';
import { HostError } from '../../errors';
import { HostAgentDefinition, type HostEvent } from '../../gen/host';
import { Call } from './call';
import { hostErrorOf } from './errors';
import type { Host } from './host';
import { verbs } from './verbs';
import { Watcher } from './watch';

/** One process of the simulated host agent: from its start until it ends, or its node does. */
export class AgentProcess {
  private readonly calls = new Set<Call>();
  private readonly watchers = new Set<Watcher>();

  constructor(private readonly host: Host) {}

  async call<V extends HostVerb>(verb: V, request: object, options?: CallOptions): Promise<ResponseOf<V>> {
    const call = new Call(this.host.clock, verb, options);
    this.calls.add(call);
    try {
      const { requestType } = HostAgentDefinition.methods[verb] as { requestType: { fromPartial(r: object): unknown } };
      const complete = requestType.fromPartial(request) as RequestOf<V>;
      return await verbs[verb](this.host, complete, call);
    } catch (error) {
      throw hostErrorOf(verb, error);
    } finally {
      this.calls.delete(call);
      call.close();
    }
  }

  watch(signal: AbortSignal): AsyncIterable<HostEvent> {
    const watcher = new Watcher(this.host);
    this.watchers.add(watcher);
    const end = () => {
      this.watchers.delete(watcher);
      watcher.end('ended');
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return watcher.events();
  }

  /** The process is gone: whoever waits for an answer gets none. What the kernel was told to do goes on. */
  end(reason: string): void {
    const gone = new HostError('Unreachable', `the host agent of node ${this.host.node} is gone: ${reason}`);
    for (const call of [...this.calls]) call.abandon(gone);
    for (const watcher of [...this.watchers]) watcher.end(gone);
    this.watchers.clear();
  }
}
