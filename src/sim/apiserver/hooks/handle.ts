import { StatusError } from '../errors/status';
import type { Core } from '../request/core';
import { dispatch } from '../request/dispatch';
import type { Request, Result } from '../request/request';
import { ConnectionReset, type Fault } from './faults';
import type { Hooks } from './hooks';
import { infoOf, type RequestInfo } from './info';

/** Answers one request, with the latency and the faults arranged for it. */
export type Handle = (request: Request) => Promise<Result>;

export function handler(core: Core, hooks: Hooks): Handle {
  let ordinal = 0;
  return async (request) => {
    const info = infoOf(request, ++ordinal);
    hooks.counters.count(info);
    const fault = hooks.faults?.(info);
    const latency = latencyOf(hooks, info);
    if (latency.before > 0) await core.clock.sleep(latency.before);
    if (fault && fault.kind !== 'stale' && fault.effect === 'none') throw failure(fault);
    const asOf = fault?.kind === 'stale' ? { asOf: fault.revision } : {};
    const result = dispatch(core, { ...request, ...asOf });
    if (result.kind === 'object') for (const text of result.warnings ?? []) hooks.counters.warnings.add(text);
    if (latency.after > 0) await core.clock.sleep(latency.after);
    if (fault && fault.kind !== 'stale') {
      if (result.kind === 'watch') result.stream.close();
      throw failure(fault);
    }
    return result.kind === 'watch' ? { kind: 'watch', stream: hooks.watches.add(info, result.stream) } : result;
  };
}

function latencyOf({ latency }: Hooks, info: RequestInfo): { before: number; after: number } {
  const given = latency?.(info) ?? 0;
  return typeof given === 'number' ? { before: given, after: 0 } : given;
}

const failure = (fault: Exclude<Fault, { kind: 'stale' }>): Error =>
  fault.kind === 'reset' ? new ConnectionReset() : new StatusError(fault.code, fault.reason, fault.message);
