import type { KubeClient } from '../../../runtime/kube/client';
import { settled, wait, type Outcome, type Reconciler } from '../../../runtime/reconciler';
import { byKey, type Informers } from '../informers';
import { claimAnnotations, claims, claimsOf, isActive, pods, type Claim, type Node, type Pod } from '../kinds';

const fieldManager = 'sim-scheduler';
/** A pod that fits nowhere is looked at again; nodes come back without an event of the pod's own. */
const retryMs = 1_000;

/**
 * Does what kube-scheduler does for pods with claims: picks a node, tells unbound claims of it, and binds the
 * pod when they are bound. Keys are `namespace/name` of pods.
 */
export class Scheduler implements Reconciler {
  readonly name = 'sim-scheduler';

  constructor(private readonly deps: { kube: KubeClient; informers: Informers }) {}

  async reconcile(key: string): Promise<Outcome> {
    const pod = byKey(this.deps.informers.pods, key);
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp || !isActive(pod)) return settled;
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
    await Promise.all(unbound.filter((claim) => this.#waits(claim)).map((claim) => this.#select(claim, node)));
    return settled;
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
    if (selectedNode(claim) === metadata.name) return;
    const patch = { metadata: { annotations: { [claimAnnotations.selectedNode]: metadata.name } } };
    await this.deps.kube.patch(claims, claim.metadata.name, patch, this.#in(claim.metadata.namespace));
  }

  #in(namespace: string | undefined) {
    return { fieldManager, ...(namespace && { namespace }) };
  }
}

const selectedNode = ({ metadata }: Claim): string | undefined => metadata.annotations?.[claimAnnotations.selectedNode];
const isReady = ({ type, status }: { type: string; status: string }): boolean => type === 'Ready' && status === 'True';
