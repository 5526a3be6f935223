import { driverName } from '../../../api/names';
import type { EventSink } from '../../../controllers/event-sink';
import type { KubeClient } from '../../../runtime/kube/client';
import { settled, type Outcome, type Reconciler } from '../../../runtime/reconciler';
import type { ControllerCalls } from '../csi-calls';
import type { Informers } from '../informers';
import { claimAnnotations, persistentVolumes } from '../kinds';

export interface ReclaimerDeps {
  readonly kube: KubeClient;
  readonly informers: Informers;
  readonly csi: ControllerCalls;
  readonly events: EventSink;
}

/** external-provisioner's --timeout in our manifests. */
const callDeadlineMs = 60_000;

/** Does what external-provisioner does with released volumes. Keys are names of persistent volumes. */
export class Reclaimer implements Reconciler {
  readonly name = 'sim-reclaimer';

  constructor(private readonly deps: ReclaimerDeps) {}

  async reconcile(key: string): Promise<Outcome> {
    const { informers, csi, kube, events } = this.deps;
    const volume = informers.volumes.get(key);
    const ours = volume?.metadata.annotations?.[claimAnnotations.provisionedBy] === driverName;
    if (!volume?.spec.csi || !ours || volume.status?.phase !== 'Released') return settled;
    if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') return settled;
    const attached = informers.attachments.list().some(({ spec }) => spec.source.persistentVolumeName === key);
    if (attached) return settled;
    try {
      await csi.deleteVolume({ volumeId: volume.spec.csi.volumeHandle }, { deadlineMs: callDeadlineMs });
    } catch (error) {
      events.record(volume, 'Warning', 'VolumeFailedDelete', (error as Error).message);
      throw error;
    }
    await kube.delete(persistentVolumes, key);
    return settled;
  }
}
