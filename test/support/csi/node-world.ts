import type { VolumeCapability } from '../../../src/csi/gen/csi';
import { attach, create, fileSystem } from './requests';
import { World } from './world';

/** A world with pvc-1 attached to n1, and the node service of n1. */
export class NodeWorld extends World {
  readonly n1 = this.node('n1');

  /** Made for, and attached with, this capability. */
  static async attached(volumeCapability: VolumeCapability = fileSystem(), parameters = {}): Promise<NodeWorld> {
    const world = new NodeWorld();
    await world.controller.createVolume(create({ volumeCapabilities: [volumeCapability], parameters }), world.call());
    await world.clock.settle();
    await world.controller.controllerPublishVolume(attach({ volumeCapability }), world.call());
    await world.clock.settle();
    return world;
  }
}
