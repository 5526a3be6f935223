import type { MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { volumeAttachments } from '../../../src/sim/kubernetes/kinds';
import type { VirtualWorld } from './virtual-world';

const identities = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}/g;

/** The same for each life of a volume: identities and times left out. */
const plain = (text: string): string => text.replace(identities, '#').replace(/(web|data)-\d+/g, '$1');

/** Where a volume got to, as the objects and the machines show it: two that got to the same place look the same. */
export async function shapeOf(world: VirtualWorld, volume: MeshStorVolume): Promise<object> {
  const { metadata, spec, status } = volume;
  const ofVolume = world.records.partitions().filter((each) => each.spec.volumeUID === metadata.uid);
  const { items } = await world.kube.list(volumeAttachments);
  const { phase, mdState, ready, nodeName, array, inSync, owner, conditions } = status ?? {};
  return {
    // One of an earlier epoch means nothing: whoever died then may have said it or not.
    wanted: { nodeName: spec.nodeName, released: spec.releasedEpoch === status?.owner?.epoch },
    owner: owner && { nodeName: owner.nodeName, epoch: owner.epoch, purpose: owner.purpose },
    ...{ phase, mdState, ready, nodeName, array: array?.state, formatted: status?.formattedAt !== undefined },
    inSync: inSync?.map(({ slot, role }) => `slot ${slot}, role ${role}`).sort(),
    conditions: conditions?.map(({ type, status: truth, reason }) => `${type} ${truth} ${reason}`).sort(),
    metadata: { labels: metadata.labels, finalizers: metadata.finalizers },
    partitions: ofVolume.map(partitionShape).sort((a, b) => a.slot - b.slot),
    attachments: items.map((each) => `${each.spec.nodeName} ${each.status?.attached}`),
    machines: (await world.traces()).map(plain).sort(),
  };
}

const partitionShape = ({ metadata, spec, status }: MeshStorPartition) => ({
  ...{ slot: spec.slot, nodeName: spec.nodeName, device: spec.device, epoch: spec.epoch, importers: spec.importers },
  ...{ state: status?.state, exported: status?.export?.state, exportedEpoch: status?.export?.epoch },
  ...{ consumer: metadata.labels?.['meshstor.io/consumer'], finalizers: metadata.finalizers },
});
