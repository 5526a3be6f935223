import type { EventSink } from '../../../controllers/event-sink';
import { timestamp, type Clock } from '../../../runtime/clock';
import type { KubeClient } from '../../../runtime/kube/client';
import { settled, wait, type Outcome, type Reconciler } from '../../../runtime/reconciler';
import { attachmentName } from '../attachments';
import { byKey, type Informers } from '../informers';
import { claimsOf, pods, type PersistentVolume, type Pod } from '../kinds';
import type { VolumeManager } from './volumes';

export interface PodWorkerDeps {
  readonly kube: KubeClient;
  readonly informers: Informers;
  readonly volumes: VolumeManager;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly nodeName: string;
}

const fieldManager = 'sim-kubelet';
/** How soon a pod is looked at again that waits for what is not watched for it. */
const recheckMs = 1_000;

/** Does what a kubelet does for the pods of its node, as far as volumes go. Keys are `namespace/name`. */
export class PodWorker implements Reconciler {
  readonly name: string;
  /** Pods that may be gone from the API before their volumes were let go of. */
  readonly #known = new Map<string, Pod>();
  /** UIDs of pods whose containers this kubelet started; those of an earlier one ended with it. */
  readonly #started = new Set<string>();

  constructor(private readonly deps: PodWorkerDeps) {
    this.name = `sim-kubelet-${deps.nodeName}`;
  }

  async reconcile(key: string): Promise<Outcome> {
    const pod = byKey(this.deps.informers.pods, key);
    const former = this.#known.get(key);
    if (former && former.metadata.uid !== pod?.metadata.uid) {
      await this.#letGo(former);
      this.#known.delete(key);
    }
    if (!pod || pod.spec.nodeName !== this.deps.nodeName) return settled;
    this.#known.set(key, pod);
    if (pod.metadata.deletionTimestamp) return this.#end(key, pod);
    return this.#started.has(pod.metadata.uid!) ? settled : this.#start(pod);
  }

  async #start(pod: Pod): Promise<Outcome> {
    const { informers, volumes, events } = this.deps;
    for (const name of claimsOf(pod)) {
      const volume = informers.volumes.get(informers.claims.get(name, pod.metadata.namespace)?.spec.volumeName ?? '');
      const attachment = volume && this.#attachment(volume);
      if (!volume || !attachment?.status?.attached) return wait(recheckMs, `claim ${name} to be attached`);
      try {
        await volumes.mount(volume, pod, attachment);
      } catch (error) {
        events.record(pod, 'Warning', 'FailedMount', (error as Error).message);
        throw error;
      }
    }
    await this.#report(pod, 'Running');
    this.#started.add(pod.metadata.uid!);
    return settled;
  }

  #attachment(volume: PersistentVolume) {
    const { driver, volumeHandle } = volume.spec.csi!;
    return this.deps.informers.attachments.get(attachmentName(driver, volumeHandle, this.deps.nodeName));
  }

  async #end(key: string, pod: Pod): Promise<Outcome> {
    await this.#letGo(pod);
    this.#known.delete(key);
    const { name, namespace, uid } = pod.metadata;
    await this.deps.kube.delete(pods, name, { gracePeriodSeconds: 0, uid: uid!, ...(namespace && { namespace }) });
    return settled;
  }

  async #letGo(pod: Pod): Promise<void> {
    this.#started.delete(pod.metadata.uid!);
    for (const volume of this.deps.volumes.heldFor(pod)) await this.deps.volumes.unmount(volume, pod);
  }

  async #report({ metadata, spec, status }: Pod, phase: string): Promise<void> {
    const now = timestamp(this.deps.clock);
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
    const former = status?.containerStatuses ?? [];
    const containerStatuses = (spec.containers ?? []).map(({ name, image = '' }, index) => ({
      name,
      image,
      imageID: image,
      ready: true,
      restartCount: former[index] ? (former[index].restartCount ?? 0) + 1 : 0,
      state: { running: { startedAt: now } },
    }));
    const types = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'];
    const patch = { status: { ...status, phase, startTime: now, conditions: types.map(condition), containerStatuses } };
    const { name, namespace } = metadata;
    await this.deps.kube.patch(pods, name, patch, {
      fieldManager,
      subresource: 'status',
      ...(namespace && { namespace }),
    });
  }
}
