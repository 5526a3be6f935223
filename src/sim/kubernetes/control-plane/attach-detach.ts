import { isAlreadyExists, type KubeClient } from '../../../runtime/kube/client';
import { settled, wait, type Outcome, type Reconciler } from '../../../runtime/reconciler';
import { attachmentName, volumeInUse } from '../attachments';
import type { Informers } from '../informers';
import { claimsOf, isActive, volumeAttachments, type PersistentVolume, type VolumeAttachment } from '../kinds';

const fieldManager = 'sim-attach-detach';
/** The node says in its status that it still uses a volume; it is looked at again after this. */
const recheckMs = 500;

/**
 * Does what kube-controller-manager's attach-detach controller does: a VolumeAttachment for each CSI volume
 * on each node with a pod that uses it, and none for others once the node has let go. Keys are node names.
 */
export class AttachDetach implements Reconciler {
  readonly name = 'sim-attach-detach';

  constructor(private readonly deps: { kube: KubeClient; informers: Informers }) {}

  async reconcile(nodeName: string): Promise<Outcome> {
    const wanted = this.#volumesOn(nodeName);
    for (const volume of wanted.values()) await this.#attach(volume, nodeName);
    const { attachments, nodes } = this.deps.informers;
    const inUse = new Set(nodes.get(nodeName)?.status?.volumesInUse);
    let held = false;
    for (const attachment of attachments.list().filter(({ spec }) => spec.nodeName === nodeName)) {
      if (wanted.has(volumeOf(attachment)) || attachment.metadata.deletionTimestamp) continue;
      const volume = this.deps.informers.volumes.get(volumeOf(attachment));
      if (volume && inUse.has(volumeInUse(volume))) held = true;
      else await this.deps.kube.delete(volumeAttachments, attachment.metadata.name);
    }
    return held ? wait(recheckMs, 'the node to let go of a volume') : settled;
  }

  #volumesOn(nodeName: string): Map<string, PersistentVolume> {
    const { pods, claims, volumes } = this.deps.informers;
    const found = new Map<string, PersistentVolume>();
    for (const pod of pods.byIndex('node', nodeName).filter(isActive)) {
      for (const name of claimsOf(pod)) {
        const volume = volumes.get(claims.get(name, pod.metadata.namespace)?.spec.volumeName ?? '');
        if (volume?.spec.csi) found.set(volume.metadata.name, volume);
      }
    }
    return found;
  }

  async #attach({ metadata, spec }: PersistentVolume, nodeName: string): Promise<void> {
    const { driver, volumeHandle } = spec.csi!;
    const name = attachmentName(driver, volumeHandle, nodeName);
    if (this.deps.informers.attachments.get(name)) return;
    const attachment: VolumeAttachment = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name },
      spec: { attacher: driver, nodeName, source: { persistentVolumeName: metadata.name } },
    };
    try {
      await this.deps.kube.create(volumeAttachments, attachment, { fieldManager });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}

const volumeOf = ({ spec }: VolumeAttachment): string => spec.source.persistentVolumeName ?? '';
