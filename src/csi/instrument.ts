import type { Clock, Random } from '../runtime/clock';
import type { Logger } from '../runtime/log';
import type { Metrics } from '../runtime/metrics';
import type { Call } from './call';
import { asCsiError, CsiError } from './status';

export interface InstrumentDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}

type Handler = (request: never, call: Call) => Promise<unknown>;

/** Calls that only tell something; they come often, and are logged for debugging only. */
const quiet = /^(get|list|probe|validate|controllerGet|nodeGet)/;

/**
 * The same service, with every call counted, timed and logged, and every failure a CsiError. What is logged
 * of a request is its volume and node, and nothing else.
 */
export function instrumented<S extends Record<string, Handler>>(service: S, deps: InstrumentDeps): S {
  const meters = metersOf(deps.metrics);
  const entries = Object.entries(service).map(([method, handler]) => [
    method,
    instrument(method, handler, deps, meters),
  ]);
  return Object.fromEntries(entries) as S;
}

function instrument(method: string, handler: Handler, deps: InstrumentDeps, meters: Meters): Handler {
  const name = method[0]!.toUpperCase() + method.slice(1);
  return async (request, call) => {
    const started = deps.clock.now();
    const finish = (code: string, level: string, fields: object) => {
      const durationMs = deps.clock.now() - started;
      meters.calls.inc({ method: name, code });
      meters.duration.observe({ method: name }, durationMs / 1000);
      deps.log.log(level, `${name} ${code}`, { method: name, ...subjectOf(request), durationMs, code, ...fields });
    };
    try {
      const response = await handler(request, call);
      finish('OK', quiet.test(method) ? 'debug' : 'info', {});
      return response;
    } catch (error) {
      const answer = asCsiError(error);
      if (answer) {
        finish(answer.code, 'warn', { error: answer.message });
        throw answer;
      }
      const { id, answer: internal } = unexpected(error, deps.random);
      finish('INTERNAL', 'error', { id, error: textOf(error) });
      throw internal;
    }
  };
}

/** What the wire is told of an error that nobody expected: an id to find it by in the log. */
export function unexpected(error: unknown, random: Random): { id: string; answer: CsiError } {
  const id = Math.floor(random() * 2 ** 48).toString(16);
  const message = `unexpected error ${id}; the log of this process says more`;
  return { id, answer: new CsiError('INTERNAL', message, { cause: error }) };
}

export const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

interface Subject {
  readonly volumeId?: string;
  readonly name?: string;
  readonly nodeId?: string;
}

function subjectOf({ volumeId, name, nodeId }: Subject): object {
  const volume = volumeId ?? name;
  return { ...(volume && { volume: volume.slice(0, 128) }), ...(nodeId && { node: nodeId.slice(0, 253) }) };
}

type Meters = ReturnType<typeof metersOf>;

function metersOf(metrics: Metrics) {
  return {
    calls: metrics.counter({
      name: 'meshstor_csi_calls_total',
      help: 'CSI calls answered, by method and gRPC status code.',
      labelNames: ['method', 'code'],
    }),
    duration: metrics.histogram({
      name: 'meshstor_csi_call_duration_seconds',
      help: 'Time to answer a CSI call.',
      labelNames: ['method'],
      buckets: [0.005, 0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 120],
    }),
  };
}
