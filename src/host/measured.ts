import type { Clock } from '../runtime/clock';
import type { Metrics } from '../runtime/metrics';
import type { CallOptions, HostAgent, HostVerb } from './contract';
import { HostError } from './errors';
import { HostAgentDefinition } from './gen/host';

const buckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The same agent; what its verbs took and how they ended is counted. */
export function measured(agent: HostAgent, metrics: Metrics, clock: Clock): HostAgent {
  const calls = metrics.counter({
    name: 'meshstor_host_calls_total',
    help: 'Verbs of the host agent that have ended, by how: OK or the kind of the error',
    labelNames: ['verb', 'kind'],
  });
  const durations = metrics.histogram({
    name: 'meshstor_host_call_duration_seconds',
    help: 'Seconds that verbs of the host agent took',
    labelNames: ['verb'],
    buckets,
  });
  const wrap = (verb: HostVerb) => async (request: object, options?: CallOptions) => {
    const begun = clock.now();
    const ended = (kind: string) => {
      calls.inc({ verb, kind });
      durations.observe({ verb }, Math.max(0, clock.now() - begun) / 1000);
    };
    try {
      const result = await (agent[verb] as (request: object, options?: CallOptions) => Promise<unknown>)(
        request,
        options,
      );
      ended('OK');
      return result;
    } catch (error) {
      ended(error instanceof HostError ? error.kind : 'Internal');
      throw error;
    }
  };
  const verbs = Object.keys(HostAgentDefinition.methods).filter((verb) => verb !== 'watch') as HostVerb[];
  return {
    ...(Object.fromEntries(verbs.map((verb) => [verb, wrap(verb)])) as unknown as HostAgent),
    watch: (signal) => agent.watch(signal),
  };
}
