import { timestamp, type Clock } from '../../../runtime/clock';
import type { KubeClient } from '../../../runtime/kube/client';
import { settled, type Outcome, type Reconciler } from '../../../runtime/reconciler';
import { byKey, type Informers } from '../informers';
import {
  claimAnnotations,
  claimProtection,
  claims,
  isActive,
  persistentVolumes,
  type Claim,
  type PersistentVolume,
} from '../kinds';

const fieldManager = 'sim-volume-binder';

/**
 * Does what kube-controller-manager does for claims and persistent volumes: names the provisioner, binds,
 * releases, and keeps a claim while a pod uses it. Keys are `namespace/name` of claims.
 */
export class ClaimBinder implements Reconciler {
  readonly name = 'sim-claim-binder';

  constructor(private readonly deps: { kube: KubeClient; informers: Informers; clock: Clock }) {}

  async reconcile(key: string): Promise<Outcome> {
    const claim = byKey(this.deps.informers.claims, key);
    if (!claim) return this.#release(key);
    if (claim.metadata.deletionTimestamp) await this.#unprotect(claim, key);
    else if (!claim.spec.volumeName) await this.#findVolume(claim);
    else if (claim.status?.phase !== 'Bound') await this.#bound(claim);
    return settled;
  }

  async #findVolume(claim: Claim): Promise<void> {
    const { informers, kube } = this.deps;
    const volume = informers.volumes.list().find(({ spec }) => spec.claimRef?.uid === claim.metadata.uid);
    const { name, namespace, annotations = {}, finalizers = [] } = claim.metadata;
    if (volume) {
      const metadata = { finalizers: [...new Set([...finalizers, claimProtection])] };
      const patch = { metadata, spec: { volumeName: volume.metadata.name } };
      await kube.patch(claims, name, patch, { fieldManager, ...(namespace && { namespace }) });
      return;
    }
    const storageClass = informers.classes.get(claim.spec.storageClassName ?? '');
    if (!storageClass || annotations[claimAnnotations.provisioner]) return;
    const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
    if (waits && !annotations[claimAnnotations.selectedNode]) return;
    const added = { [claimAnnotations.provisioner]: storageClass.provisioner };
    await kube.patch(
      claims,
      name,
      { metadata: { annotations: added } },
      { fieldManager, ...(namespace && { namespace }) },
    );
  }

  async #bound(claim: Claim): Promise<void> {
    const { informers, kube } = this.deps;
    const volume = informers.volumes.get(claim.spec.volumeName!);
    if (!volume) return;
    const { name, namespace } = claim.metadata;
    const options = { fieldManager, subresource: 'status' as const };
    if (volume.status?.phase !== 'Bound') {
      await kube.patch(persistentVolumes, volume.metadata.name, { status: { phase: 'Bound' } }, options);
    }
    const { accessModes, capacity } = volume.spec;
    const status = { phase: 'Bound', accessModes, capacity };
    await kube.patch(claims, name, { status }, { ...options, ...(namespace && { namespace }) });
  }

  async #unprotect({ metadata }: Claim, key: string): Promise<void> {
    const { name, namespace, finalizers = [] } = metadata;
    const used = this.deps.informers.pods.byIndex('claim', key).some(isActive);
    if (used || !finalizers.includes(claimProtection)) return;
    const left = finalizers.filter((finalizer) => finalizer !== claimProtection);
    const patch = { metadata: { finalizers: left } };
    await this.deps.kube.patch(claims, name, patch, { fieldManager, ...(namespace && { namespace }) });
  }

  async #release(key: string): Promise<Outcome> {
    const orphaned = ({ spec, status }: PersistentVolume) =>
      `${spec.claimRef?.namespace}/${spec.claimRef?.name}` === key && status?.phase === 'Bound';
    for (const volume of this.deps.informers.volumes.list().filter(orphaned)) {
      const status = { phase: 'Released', lastPhaseTransitionTime: timestamp(this.deps.clock) };
      const options = { fieldManager, subresource: 'status' as const };
      await this.deps.kube.patch(persistentVolumes, volume.metadata.name, { status }, options);
    }
    return settled;
  }
}
