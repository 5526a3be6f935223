import type { Clock } from '../../runtime/clock';
import type { HostVerb } from '../contract';
import { HostError, type HostErrorKind } from '../errors';

/** One call of a verb, numbered from 1 among the calls of that verb on this node. */
export interface VerbCall {
  readonly node: string;
  readonly verb: HostVerb;
  readonly nth: number;
  readonly request: object;
}

/** Runs around every call. It may wait, throw, or change the world, before `proceed` has its effect or after. */
export type Interceptor = <T>(call: VerbCall, proceed: () => Promise<T>) => Promise<T>;

export interface Fault {
  readonly verb: HostVerb;
  /** Which call from now on. Default: the next. */
  readonly nth?: number;
  /** `before`: without the effect. `after`: with it, but the caller does not learn that. */
  readonly when: 'before' | 'after';
  /** Kind of the error the caller gets; none: the call only takes longer, or does something in `run`. */
  readonly fail?: HostErrorKind;
  readonly delayMs?: number;
  readonly run?: () => void | Promise<void>;
}

/** Faults of one node's verbs. They outlive the agent and the node's power. */
export class FaultPlan {
  /** Around every call, outside of the planned faults. */
  interceptor: Interceptor | undefined;
  private readonly counts = new Map<HostVerb, number>();
  private readonly planned = new Map<string, Fault>();

  constructor(
    private readonly node: string,
    private readonly clock: Clock,
  ) {}

  add(fault: Fault): void {
    const nth = (this.counts.get(fault.verb) ?? 0) + (fault.nth ?? 1);
    this.planned.set(`${fault.verb} ${nth} ${fault.when}`, fault);
  }

  clear(): void {
    this.planned.clear();
    this.interceptor = undefined;
  }

  /** How often the verb was called so far. */
  calls(verb: HostVerb): number {
    return this.counts.get(verb) ?? 0;
  }

  async around<T>(verb: HostVerb, request: object, act: () => Promise<T>): Promise<T> {
    const nth = this.calls(verb) + 1;
    this.counts.set(verb, nth);
    const { interceptor } = this;
    if (!interceptor && this.planned.size === 0) return act();
    const proceed = async () => {
      await this.strike(verb, nth, 'before');
      const response = await act();
      await this.strike(verb, nth, 'after');
      return response;
    };
    return interceptor ? interceptor({ node: this.node, verb, nth, request }, proceed) : proceed();
  }

  private async strike(verb: HostVerb, nth: number, when: 'before' | 'after'): Promise<void> {
    const key = `${verb} ${nth} ${when}`;
    const fault = this.planned.get(key);
    if (!fault) return;
    this.planned.delete(key);
    if (fault.delayMs !== undefined) await this.clock.sleep(fault.delayMs);
    await fault.run?.();
    if (fault.fail) throw new HostError(fault.fail, `${verb} on ${this.node}: injected fault, ${when} its effect`);
  }
}
