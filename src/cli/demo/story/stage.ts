import type { Clock, Random } from '../../../runtime/clock';
import type { LocalCluster } from '../../cluster/local-cluster';
import type { Watch } from '../watch';
import type { Kubernetes } from './kubernetes';
import type { Scale } from './scale';

/** What the steps work with, once the cluster runs. */
export interface Stage {
  readonly local: LocalCluster;
  readonly watch: Watch;
  readonly kubernetes: Kubernetes;
  readonly scale: Scale;
  readonly clock: Clock;
  readonly random: Random;
}
