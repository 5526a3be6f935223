import type { MeshStorPartition, MeshStorVolume } from '../../src/api/model';
import { topologyKeys } from '../../src/api/names';
import { partitions, volumes } from '../../src/api/resources';
import type { VolumeCapability } from '../../src/csi/gen/csi';
import type { LabWorld } from '../../test/kernel/volume/lab-world';

const capability: VolumeCapability = {
  accessType: { $case: 'mount', mount: { fsType: '', mountFlags: [], volumeMountGroup: '' } },
  accessMode: { mode: 'SINGLE_NODE_WRITER' },
};

/** The lab's machine may be busy with other things; nothing here is a measure of patience. */
const patient = { deadlineMs: 300_000 };

/** A volume of two copies, driven through its CSI sockets; the first copy is on the consumer. */
export class BenchVolume {
  constructor(
    readonly world: LabWorld,
    readonly name: string,
    readonly consumer: string,
  ) {}

  get staging(): string {
    return `/var/lib/kubelet/plugins/kubernetes.io/csi/io.meshstor.csi.mesh/${this.name}/globalmount`;
  }

  async create(bytes: number): Promise<void> {
    const preferred = [{ segments: { [topologyKeys.node]: this.consumer } }];
    await this.world.csi.controller.createVolume(
      {
        name: this.name,
        capacityRange: { requiredBytes: String(bytes) },
        volumeCapabilities: [capability],
        accessibilityRequirements: { requisite: preferred, preferred },
      },
      patient,
    );
  }

  async attach(nodeId = this.consumer): Promise<void> {
    const request = { volumeId: this.name, nodeId, volumeCapability: capability };
    await this.world.csi.controller.controllerPublishVolume(request, patient);
  }

  async stage(node = this.consumer): Promise<void> {
    const request = { volumeId: this.name, stagingTargetPath: this.staging, volumeCapability: capability };
    await this.world.csi.node(node).nodeStageVolume(request, patient);
  }

  async unstage(node = this.consumer): Promise<void> {
    const request = { volumeId: this.name, stagingTargetPath: this.staging };
    await this.world.csi.node(node).nodeUnstageVolume(request, patient);
  }

  async detach(nodeId = this.consumer): Promise<void> {
    await this.world.csi.controller.controllerUnpublishVolume({ volumeId: this.name, nodeId }, patient);
  }

  async delete(): Promise<void> {
    await this.world.csi.controller.deleteVolume({ volumeId: this.name }, patient);
  }

  /** The object once both halves are whole. */
  synced(): Promise<MeshStorVolume> {
    return this.#once('Synced', ({ status }) => status?.phase === 'Synced' && status.inSync?.length === 2);
  }

  /** The object once only one half is on record. */
  degraded(): Promise<MeshStorVolume> {
    return this.#once('degraded', ({ status }) => status?.inSync?.length === 1);
  }

  #once(what: string, isIt: (volume: MeshStorVolume) => boolean | undefined): Promise<MeshStorVolume> {
    return this.world.eventually(`volume ${this.name} to be ${what}`, async () => {
      const seen = await this.world.kube.get(volumes, this.name);
      return seen && isIt(seen) && seen;
    });
  }

  /** Its partitions by slot: the local one first. */
  async partitions(): Promise<MeshStorPartition[]> {
    const { items } = await this.world.kube.list(partitions);
    return items.filter(({ spec }) => spec.volumeName === this.name).sort((a, b) => a.spec.slot - b.spec.slot);
  }
}
