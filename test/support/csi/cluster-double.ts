import { layoutOf } from '../../../src/api/layout';
import type { MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { partitionName } from '../../../src/api/names';
import { partitions, volumes } from '../../../src/api/resources';
import { isStopped, isWantedOn } from '../../../src/api/volume';
import type { WatchedApi } from './watched-api';

/**
 * What the other processes would write: places copies, grants ownership, starts and stops arrays, ends deleted
 * volumes. It acts a moment after each change, one step at a time, unless it is paused.
 */
export class ClusterDouble {
  /** Set: no volume finds room, and this says why. */
  noRoom: string | undefined;
  /** While set, nothing of this kind happens. */
  readonly paused = { placement: false, ownership: false, arrays: false, removal: false };

  constructor(
    private readonly kube: WatchedApi,
    private readonly host: { pathsOf(name: string): string[] },
    private readonly nodes: readonly string[],
  ) {
    kube.onChange(volumes, ({ metadata }) => this.wake(metadata.name));
    kube.onChange(partitions, ({ spec }) => this.wake(spec.volumeName));
  }

  /** To be called after something changed that is no object: a pause, a mount. */
  wake(name: string): void {
    queueMicrotask(() => this.step(name));
  }

  private step(name: string): void {
    const volume = this.kube.peek(volumes, name);
    if (!volume) return;
    // The first that has something to do; its write wakes the next step.
    void (this.remove(volume) || this.place(volume) || this.grant(volume) || this.runArray(volume));
  }

  private edit(name: string, change: (volume: MeshStorVolume & { status: object }) => void): true {
    this.kube.edit(volumes, name, (volume) => {
      volume.status ??= {};
      change(volume as MeshStorVolume & { status: object });
    });
    return true;
  }

  private partitionsOf(name: string): MeshStorPartition[] {
    return this.kube.all(partitions).filter(({ spec }) => spec.volumeName === name);
  }

  private remove({ metadata, spec, status }: MeshStorVolume): boolean {
    if (!metadata.deletionTimestamp || spec.nodeName) return false;
    if (this.paused.removal || status?.array?.state === 'Running') return false;
    for (const { metadata: partition } of this.partitionsOf(metadata.name))
      void this.kube.delete(partitions, partition.name);
    this.kube.edit(volumes, metadata.name, (volume) => (volume.metadata.finalizers = []));
    return true;
  }

  private place(volume: MeshStorVolume): boolean {
    const { metadata, spec, status } = volume;
    const { name } = metadata;
    if (this.paused.placement || metadata.deletionTimestamp || this.partitionsOf(name).length > 0) return false;
    if (this.noRoom !== undefined) {
      if (status?.conditions?.[0]?.message === this.noRoom) return false;
      const verdict = { type: 'Provisioned', status: 'False', reason: 'InsufficientCapacity' } as const;
      const message = this.noRoom;
      return this.edit(name, ({ status }) =>
        Object.assign(status, { conditions: [{ ...verdict, message, lastTransitionTime: '' }] }),
      );
    }
    for (let slot = 0; slot < layoutOf(spec).expectedMembers; slot++) {
      this.kube.seed(partitions, partition(volume, slot, this.nodes[slot % this.nodes.length]!));
    }
    return true;
  }

  private grant({ metadata, spec, status = {} }: MeshStorVolume): boolean {
    if (this.paused.ownership || metadata.deletionTimestamp || this.partitionsOf(metadata.name).length === 0)
      return false;
    const { owner } = status;
    const grant = (nodeName: string, epoch: number, purpose: 'Initialize' | 'Attach') =>
      this.edit(metadata.name, (volume) => {
        volume.status.owner = { nodeName, epoch, purpose };
        if (purpose === 'Attach') volume.status.nodeName = nodeName;
      });
    if (!owner) return grant(this.nodes[0]!, 1, 'Initialize');
    if (spec.nodeName === undefined) {
      return status.nodeName !== undefined && this.edit(metadata.name, (volume) => delete volume.status.nodeName);
    }
    if (owner.nodeName === spec.nodeName) {
      const stands = owner.purpose === 'Attach' && status.nodeName === spec.nodeName;
      return !stands && grant(spec.nodeName, owner.epoch, 'Attach');
    }
    const free = isStopped({ metadata, spec, status } as MeshStorVolume, owner) || status.array === undefined;
    return free && grant(spec.nodeName, owner.epoch + 1, 'Attach');
  }

  private runArray(volume: MeshStorVolume): boolean {
    const { metadata, status } = volume;
    const { owner, array } = status ?? {};
    if (this.paused.arrays || !owner) return false;
    const wanted = isWantedOn(volume, owner.nodeName) || this.host.pathsOf(metadata.name).length > 0;
    const state = wanted ? 'Running' : 'Stopped';
    if (array?.epoch === owner.epoch && array.state === state) return false;
    const ready = { type: 'ArrayReady', status: wanted ? 'True' : 'False', reason: state, message: state } as const;
    return this.edit(metadata.name, ({ status }) => {
      status.array = { epoch: owner.epoch, state, createdAt: '2026-01-01T00:00:00Z' };
      status.mdState = wanted ? 'active' : '';
      status.inSync = this.partitionsOf(metadata.name).map(({ spec: { partitionUUID, slot } }) => {
        return { partitionUUID, slot, memberUUID: `member-${slot}`, role: slot };
      });
      status.conditions = [{ ...ready, lastTransitionTime: '2026-01-01T00:00:00Z' }];
    });
  }
}

function partition({ metadata, spec }: MeshStorVolume, slot: number, nodeName: string): MeshStorPartition {
  const sizeBytes = layoutOf(spec).partitionBytes;
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorPartition',
    metadata: { name: partitionName(metadata.name, slot) },
    spec: {
      volumeName: metadata.name,
      volumeUID: metadata.uid!,
      nodeName,
      device: 'nvme0n1',
      deviceID: `eui.${nodeName}`,
      partitionUUID: `part-${slot}`,
      sizeBytes,
      slot,
      epoch: 1,
    },
    status: { state: 'Created', sizeBytes, export: { epoch: 1, state: 'None' } },
  };
}
