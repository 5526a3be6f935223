import type { Clock, Random } from '../runtime/clock';
import type { KubeClient } from '../runtime/kube/client';
import type { Logger } from '../runtime/log';
import type { Metrics } from '../runtime/metrics';

/** What every process is given from outside, and every test replaces. */
export interface Surroundings {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
}
