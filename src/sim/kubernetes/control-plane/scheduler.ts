import type { Clock } from '../../../runtime/clock';
import type { KubeClient } from '../../../runtime/kube/client';
import { settled, wait, type Outcome, type Reconciler } from '../../../runtime/reconciler';
import { byKey, type Informers } from '../informers';
import { claimAnnotations, claims, claimsOf, isActive, pods, type Claim, type Node, type Pod } from '../kinds';

const fieldManager = 'sim-scheduler';
/** A pod that fits nowhere is looked at again; nodes come back without an event of the pod's own. */
const retryMs = 1_000;
/** Longest wait before a pod whose claims could not be provisioned is tried again (podMaxBackoffSeconds). */
const maxBackoffMs = 10_000;

/**
 * Does what kube-scheduler does for pods with claims: picks a node, tells unbound claims of it, and binds the
 * pod when they are bound. Keys are `namespace/name` of pods.
 */
export class Scheduler implements Reconciler {
  readonly name = 'sim-scheduler';

  /** When, and how often, a node was picked for the claims of a pod. */
  readonly #picked = new Map<string, { readonly at: number; readonly times: number }>();

  constructor(private readonly deps: { kube: KubeClient; informers: Informers; clock: Clock }) {}

  async reconcile(key: string): Promise<Outcome> {
    const pod = byKey(this.deps.informers.pods, key);
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp || !isActive(pod)) {
      this.#picked.delete(key);
      return settled;
    }
    const { namespace } = pod.metadata;
    const wanted = claimsOf(pod).map((name) => this.deps.informers.claims.get(name, namespace));
    if (wanted.some((claim) => claim === undefined)) return wait(retryMs, 'a claim of the pod');
    const unbound = (wanted as Claim[]).filter(({ spec }) => !spec.volumeName);
    const node = this.#pick(pod, unbound);
    if (!node) return wait(retryMs, 'a node for the pod');
    if (unbound.length === 0) {
      await this.deps.kube.patch(
        pods,
        pod.metadata.name,
        { spec: { nodeName: node.metadata.name } },
        this.#in(namespace),
      );
      return settled;
    }
    const homeless = unbound.filter((claim) => this.#waits(claim) && !selectedNode(claim));
    if (homeless.length === 0) return settled;
    const early = this.#backoff(key);
    if (early > 0) return wait(early, 'another attempt to provision its claims');
    await Promise.all(homeless.map((claim) => this.#select(claim, node)));
    return settled;
  }

  /** Milliseconds until a node may be picked again for a pod whose claims could not be provisioned; 0: it is now. */
  #backoff(key: string): number {
    const { at, times } = this.#picked.get(key) ?? { at: -Infinity, times: 0 };
    const now = this.deps.clock.now();
    const due = times === 0 ? now : at + Math.min(maxBackoffMs, retryMs * 2 ** (times - 1));
    if (due <= now) this.#picked.set(key, { at: now, times: times + 1 });
    return Math.max(0, due - now);
  }

  /** The node that the claims were already told of, else the one with the fewest pods. */
  #pick(pod: Pod, unbound: readonly Claim[]): Node | undefined {
    const { nodes, pods: running } = this.deps.informers;
    const selector = Object.entries(pod.spec.nodeSelector ?? {});
    const fitting = nodes
      .list()
      .filter(({ spec, status }) => !spec?.unschedulable && status?.conditions?.some(isReady))
      .filter(({ metadata }) => selector.every(([key, value]) => metadata.labels?.[key] === value));
    const selected = unbound.map((claim) => selectedNode(claim)).find((name) => name !== undefined);
    const load = ({ metadata }: Node) => running.byIndex('node', metadata.name).length;
    const rank = (a: Node, b: Node) => load(a) - load(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
    return fitting.find(({ metadata }) => metadata.name === selected) ?? fitting.sort(rank)[0];
  }

  #waits({ spec }: Claim): boolean {
    const storageClass = this.deps.informers.classes.get(spec.storageClassName ?? '');
    return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  async #select(claim: Claim, { metadata }: Node): Promise<void> {
    const patch = { metadata: { annotations: { [claimAnnotations.selectedNode]: metadata.name } } };
    await this.deps.kube.patch(claims, claim.metadata.name, patch, this.#in(claim.metadata.namespace));
  }

  #in(namespace: string | undefined) {
    return { fieldManager, ...(namespace && { namespace }) };
  }
}

const selectedNode = ({ metadata }: Claim): string | undefined => metadata.annotations?.[claimAnnotations.selectedNode];
const isReady = ({ type, status }: { type: string; status: string }): boolean => type === 'Ready' && status === 'True';
