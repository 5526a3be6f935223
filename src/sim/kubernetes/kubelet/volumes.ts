import type { KubeClient } from '../../../runtime/kube/client';
import { volumeInUse } from '../attachments';
import type { NodeCalls } from '../csi-calls';
import { nodes, type PersistentVolume, type Pod, type VolumeAttachment } from '../kinds';
import { capabilityOf } from '../sidecars/attacher';
import { stagingPath, targetPath } from './paths';

export interface VolumeManagerDeps {
  readonly kube: KubeClient;
  readonly csi: NodeCalls;
  readonly nodeName: string;
  /** Makes a folder in the node's file system; the CSI leaves that to the kubelet. */
  readonly makeFolder: (path: string) => Promise<void>;
}

/** kubelet's own limit for one call of a driver. */
const callDeadlineMs = 120_000;

interface Held {
  readonly volume: PersistentVolume;
  staged: boolean;
  readonly pods: Set<string>;
}

/** The volumes a kubelet has staged and published, and the calls that bring them there. One call per volume. */
export class VolumeManager {
  readonly #held = new Map<string, Held>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(private readonly deps: VolumeManagerDeps) {}

  /** Volumes held for a pod, by name of the persistent volume. */
  heldFor(pod: Pod): PersistentVolume[] {
    return [...this.#held.values()].filter(({ pods }) => pods.has(pod.metadata.uid!)).map(({ volume }) => volume);
  }

  /** Stages and publishes. The attachment must be attached. */
  mount(volume: PersistentVolume, pod: Pod, attachment: VolumeAttachment): Promise<void> {
    return this.#inTurn(volume.metadata.name, () => this.#mount(volume, pod, attachment));
  }

  /** Unpublishes, and unstages after the last pod. */
  unmount(volume: PersistentVolume, pod: Pod): Promise<void> {
    return this.#inTurn(volume.metadata.name, () => this.#unmount(volume, pod));
  }

  async #mount(volume: PersistentVolume, pod: Pod, attachment: VolumeAttachment): Promise<void> {
    const held = this.#held.get(volume.metadata.name) ?? { volume, staged: false, pods: new Set<string>() };
    this.#held.set(volume.metadata.name, held);
    held.pods.add(pod.metadata.uid!);
    await this.#reportInUse();
    const { volumeHandle: volumeId, volumeAttributes: volumeContext = {} } = volume.spec.csi!;
    const staging = stagingPath(volume);
    const publishContext = attachment.status?.attachmentMetadata ?? {};
    const common = { volumeId, volumeContext, publishContext, volumeCapability: capabilityOf(volume) };
    if (!held.staged) {
      await this.deps.makeFolder(staging);
      const request = { ...common, stagingTargetPath: staging };
      await this.deps.csi.nodeStageVolume(request, { deadlineMs: callDeadlineMs });
      held.staged = true;
    }
    const target = targetPath(volume, pod);
    await this.deps.makeFolder(target.slice(0, target.lastIndexOf('/')));
    const request = { ...common, stagingTargetPath: staging, targetPath: target, readonly: false };
    await this.deps.csi.nodePublishVolume(request, { deadlineMs: callDeadlineMs });
  }

  async #unmount(volume: PersistentVolume, pod: Pod): Promise<void> {
    const held = this.#held.get(volume.metadata.name);
    if (!held?.pods.has(pod.metadata.uid!)) return;
    const { volumeHandle: volumeId } = volume.spec.csi!;
    const target = targetPath(volume, pod);
    await this.deps.csi.nodeUnpublishVolume({ volumeId, targetPath: target }, { deadlineMs: callDeadlineMs });
    if (held.pods.size === 1) {
      const request = { volumeId, stagingTargetPath: stagingPath(volume) };
      await this.deps.csi.nodeUnstageVolume(request, { deadlineMs: callDeadlineMs });
      this.#held.delete(volume.metadata.name);
    }
    held.pods.delete(pod.metadata.uid!);
    await this.#reportInUse();
  }

  /** Tells the attach-detach controller what must not be detached yet. */
  async #reportInUse(): Promise<void> {
    const volumesInUse = [...this.#held.values()].map(({ volume }) => volumeInUse(volume)).sort();
    const options = { fieldManager: 'sim-kubelet', subresource: 'status' as const };
    await this.deps.kube.patch(nodes, this.deps.nodeName, { status: { volumesInUse } }, options);
  }

  async #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work, work);
    this.#turns.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    }
  }
}
