import { volumes } from '../../../src/api/resources';
import type { VolumeCapability } from '../../../src/csi/gen/csi';
import { CsiCallError } from '../../../src/sim/kubernetes/csi-calls';
import type { User } from './user';
import type { World } from './world';

export const GiB = 1024 ** 3;

export const fileSystem: VolumeCapability = {
  accessType: { $case: 'mount', mount: { fsType: '', mountFlags: [], volumeMountGroup: '' } },
  accessMode: { mode: 'SINGLE_NODE_WRITER' },
};

export const block: VolumeCapability = {
  accessType: { $case: 'block', block: {} },
  accessMode: { mode: 'SINGLE_NODE_WRITER' },
};

/** Somebody who calls the CSI services for one volume as the sidecars and kubelets do. Answers are `OK` or `CODE: text`. */
export class Caller {
  readonly volumeId: string;

  constructor(
    readonly user: User,
    readonly capability = fileSystem,
  ) {
    this.volumeId = user.name('pvc-called');
    user.volumes.add(this.volumeId);
  }

  get world(): World {
    return this.user.world;
  }

  get staging(): string {
    return `/var/lib/kubelet/plugins/kubernetes.io/csi/io.meshstor.csi.mesh/${this.volumeId}/globalmount`;
  }

  target(pod: string): string {
    return `/var/lib/kubelet/pods/${pod}/volumes/kubernetes.io~csi/${this.volumeId}/mount`;
  }

  answer(call: Promise<unknown>): Promise<string> {
    return this.world.done(
      call.then(
        () => 'OK',
        (error: unknown) => {
          if (error instanceof CsiCallError) return `${error.code}: ${error.message}`;
          throw error as Error;
        },
      ),
    );
  }

  create(changes: Record<string, unknown> = {}): Promise<string> {
    const request = {
      name: this.volumeId,
      capacityRange: { requiredBytes: String(GiB) },
      volumeCapabilities: [this.capability],
    };
    return this.answer(this.world.csi.controller.createVolume({ ...request, ...changes }));
  }

  delete(): Promise<string> {
    return this.answer(this.world.csi.controller.deleteVolume({ volumeId: this.volumeId }));
  }

  attach(nodeId: string, changes: Record<string, unknown> = {}): Promise<string> {
    const request = { volumeId: this.volumeId, nodeId, volumeCapability: this.capability };
    return this.answer(this.world.csi.controller.controllerPublishVolume({ ...request, ...changes }));
  }

  detach(nodeId: string): Promise<string> {
    const request = { volumeId: this.volumeId, nodeId };
    return this.answer(this.world.csi.controller.controllerUnpublishVolume(request));
  }

  stage(node: string, changes: Record<string, unknown> = {}, deadlineMs = 60_000): Promise<string> {
    const { volumeId, staging: stagingTargetPath, capability: volumeCapability } = this;
    const request = { volumeId, stagingTargetPath, volumeCapability, ...changes };
    return this.answer(this.world.csi.node(node).nodeStageVolume(request, { deadlineMs }));
  }

  unstage(node: string, changes: Record<string, unknown> = {}): Promise<string> {
    const request = { volumeId: this.volumeId, stagingTargetPath: this.staging, ...changes };
    return this.answer(this.world.csi.node(node).nodeUnstageVolume(request));
  }

  publish(node: string, pod: string, changes: Record<string, unknown> = {}): Promise<string> {
    const { volumeId, staging: stagingTargetPath, capability: volumeCapability } = this;
    const request = { volumeId, stagingTargetPath, volumeCapability, targetPath: this.target(pod), ...changes };
    return this.answer(this.world.csi.node(node).nodePublishVolume(request));
  }

  unpublish(node: string, pod: string): Promise<string> {
    const request = { volumeId: this.volumeId, targetPath: this.target(pod) };
    return this.answer(this.world.csi.node(node).nodeUnpublishVolume(request));
  }

  /** The whole way down, from wherever the volume is. */
  async remove(node: string, ...pods: string[]): Promise<void> {
    for (const pod of pods) expect(await this.unpublish(node, pod)).toBe('OK');
    expect([await this.unstage(node), await this.detach(node), await this.delete()]).toEqual(['OK', 'OK', 'OK']);
  }

  volume() {
    return this.world.done(this.world.kube.get(volumes, this.volumeId));
  }
}
