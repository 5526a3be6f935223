import { driverName } from '../../../api/names';
import { timestamp, type Clock } from '../../../runtime/clock';
import { isNotFound, type KubeClient } from '../../../runtime/kube/client';
import { settled, type Outcome, type Reconciler } from '../../../runtime/reconciler';
import type { ControllerCalls } from '../csi-calls';
import type { Informers } from '../informers';
import { volumeAttachments, type PersistentVolume, type VolumeAttachment } from '../kinds';
import { csiMode } from './provisioner';

export interface AttacherDeps {
  readonly kube: KubeClient;
  readonly informers: Informers;
  readonly csi: ControllerCalls;
  readonly clock: Clock;
}

const fieldManager = 'sim-attacher';
const finalizer = `external-attacher/${driverName.replaceAll('.', '-')}`;
/** external-attacher's --timeout in our manifests. */
const callDeadlineMs = 60_000;

/** Does what external-attacher does. Keys are names of VolumeAttachments. */
export class Attacher implements Reconciler {
  readonly name = 'sim-attacher';

  constructor(private readonly deps: AttacherDeps) {}

  async reconcile(key: string): Promise<Outcome> {
    const attachment = this.deps.informers.attachments.get(key);
    if (!attachment || attachment.spec.attacher !== driverName) return settled;
    if (attachment.metadata.deletionTimestamp) await this.#detach(attachment);
    else if (!attachment.status?.attached) await this.#attach(attachment);
    return settled;
  }

  async #attach(attachment: VolumeAttachment): Promise<void> {
    const volume = this.deps.informers.volumes.get(attachment.spec.source.persistentVolumeName ?? '');
    if (!volume?.spec.csi) throw new Error(`${attachment.metadata.name} names no CSI volume`);
    await this.#setFinalizers(attachment, [...new Set([...(attachment.metadata.finalizers ?? []), finalizer])]);
    const nodeId = this.#nodeID(attachment.spec.nodeName);
    try {
      const request = {
        volumeId: volume.spec.csi.volumeHandle,
        nodeId,
        volumeCapability: capabilityOf(volume),
        volumeContext: volume.spec.csi.volumeAttributes ?? {},
      };
      const { publishContext } = await this.deps.csi.controllerPublishVolume(request, { deadlineMs: callDeadlineMs });
      await this.#report(attachment, { attached: true, attachmentMetadata: publishContext, attachError: null });
    } catch (error) {
      const time = timestamp(this.deps.clock);
      await this.#report(attachment, { attached: false, attachError: { message: (error as Error).message, time } });
      throw error;
    }
  }

  async #detach(attachment: VolumeAttachment): Promise<void> {
    const left = (attachment.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    if (left.length === attachment.metadata.finalizers?.length) return;
    const volume = this.deps.informers.volumes.get(attachment.spec.source.persistentVolumeName ?? '');
    try {
      if (volume?.spec.csi) {
        const request = { volumeId: volume.spec.csi.volumeHandle, nodeId: this.#nodeID(attachment.spec.nodeName) };
        await this.deps.csi.controllerUnpublishVolume(request, { deadlineMs: callDeadlineMs });
      }
    } catch (error) {
      const time = timestamp(this.deps.clock);
      await this.#report(attachment, { detachError: { message: (error as Error).message, time } });
      throw error;
    }
    await this.#setFinalizers(attachment, left);
  }

  #nodeID(nodeName: string): string {
    const driver = this.deps.informers.csiNodes.get(nodeName)?.spec.drivers.find(({ name }) => name === driverName);
    return driver?.nodeID ?? nodeName;
  }

  async #setFinalizers({ metadata }: VolumeAttachment, finalizers: string[]): Promise<void> {
    try {
      await this.deps.kube.patch(volumeAttachments, metadata.name, { metadata: { finalizers } }, { fieldManager });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #report({ metadata }: VolumeAttachment, status: object): Promise<void> {
    const options = { fieldManager, subresource: 'status' as const };
    await this.deps.kube.patch(volumeAttachments, metadata.name, { status }, options);
  }
}

export function capabilityOf({ spec }: PersistentVolume) {
  const mount = { fsType: spec.csi?.fsType ?? '', mountFlags: spec.mountOptions ?? [] };
  return {
    accessType:
      spec.volumeMode === 'Block' ? { $case: 'block' as const, block: {} } : { $case: 'mount' as const, mount },
    accessMode: { mode: csiMode(spec.accessModes?.[0] ?? 'ReadWriteOnce') as 'SINGLE_NODE_WRITER' },
  };
}
