import { randomBytes } from 'node:crypto';
import type { Clock } from '../../runtime/clock';
import { isAlreadyExists, isNotFound } from '../../runtime/kube/client';
import type { Logger } from '../../runtime/log';
import type { SimCluster } from '../../sim/cluster/cluster';
import { claims, pods, type Claim, type Pod } from '../../sim/kubernetes/kinds';

export interface WorkloadOptions {
  readonly cluster: Pick<SimCluster, 'kube' | 'enter'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** workload-1, workload-2, ... */
  readonly pods: number;
}

const namespace = 'default';
const options = { fieldManager: 'meshstor-sim' };
const pauseMs = 1_000;
const claimSize = '1Gi';
const fileBytes = 64 * 1024;

/**
 * Pods with a volume each that write a file every second and check that they read back what was written last.
 * A pod that is gone is made again, as a controller would: after a drain it starts elsewhere and finds its data.
 */
export class Workload {
  readonly #written = new Map<string, Buffer>();

  constructor(private readonly deps: WorkloadOptions) {}

  /** Until the signal is aborted. What fails is logged and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const names = Array.from({ length: this.deps.pods }, (_, index) => `workload-${index + 1}`);
    await Promise.all(names.map((name, index) => this.#keepGoing(name, index * pauseMs, signal)));
  }

  /** Pods begin one after the other, so that the scheduler can spread them. */
  async #keepGoing(name: string, delayMs: number, signal: AbortSignal): Promise<void> {
    await this.deps.clock.sleep(delayMs, signal).catch(() => undefined);
    const log = this.deps.log.child({ process: name });
    while (!signal.aborted) {
      try {
        if (await this.#ensure(name)) await this.round(name, log);
      } catch (error) {
        log.warn('a round failed', { error: String(error) });
      }
      await this.deps.clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  /** One look at what is there, and one write. Throws when what is there is not what was written. */
  async round(name: string, log: Logger): Promise<void> {
    const files = this.deps.cluster.enter(name);
    try {
      const expected = this.#written.get(name);
      if (expected) check(name, expected, await files.readFile('data'));
      const content = randomBytes(fileBytes);
      // Until the write is acknowledged, the file may hold the one or the other.
      this.#written.delete(name);
      await files.writeFile('data', content);
      this.#written.set(name, content);
      log.info(expected ? 'read back what was written, and wrote anew' : 'wrote', { bytes: fileBytes });
    } finally {
      files.close();
    }
  }

  /** Whether the pod runs. */
  async #ensure(name: string): Promise<boolean> {
    const { kube } = this.deps.cluster;
    const pod = await kube.get(pods, name, namespace);
    if (pod) return pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp;
    try {
      if (!(await kube.get(claims, name, namespace))) await kube.create(claims, claimOf(name), options);
      await kube.create(pods, podOf(name), options);
    } catch (error) {
      if (!isAlreadyExists(error) && !isNotFound(error)) throw error;
    }
    return false;
  }
}

function check(name: string, expected: Buffer, found: Buffer): void {
  if (!expected.equals(found)) throw new Error(`${name} reads back something else than what it wrote last`);
}

const claimOf = (name: string): Claim => ({
  metadata: { name, namespace },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'meshstor-replicated',
    resources: { requests: { storage: claimSize } },
  },
});

const podOf = (name: string): Pod => ({
  metadata: { name, namespace },
  spec: {
    containers: [{ name: 'main', image: 'simulated', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
  },
});
