import { arrayUUID } from '../../../src/api/identity';
import type { VolumeRef } from '../../../src/host/gen/host';
import type { ContractNode, ContractWorld } from './world';

/**
 * Takes away everything that a test has built through the agents: stacks from the top, exports, partitions. For
 * worlds that outlive a test. All links are up, all nodes on, and nothing holds a device or a file open any more.
 */
export async function cleanUp(world: Pick<ContractWorld, 'nodes' | 'eventually'>): Promise<void> {
  for (const node of world.nodes) {
    const { volumes } = await world.eventually(() => node.agent.listStacks({}));
    for (const volume of volumes) await world.eventually(() => takeStackDown(node, volume));
  }
  for (const node of world.nodes) await world.eventually(() => removePartitions(node));
}

async function takeStackDown({ agent }: ContractNode, { uid, name }: VolumeRef): Promise<void> {
  const { mountPaths, device, members, imports } = await agent.getStack({ volumeUid: uid });
  // Of a volume with nothing but imports the name is not known, and not needed.
  const volume = { uid, name: name || 'unnamed' };
  if (device?.suspended) await agent.resumeVolumeDevice({ volume });
  for (const { slot } of members) await agent.setMemberPolicy({ volume, slot, queueing: false });
  for (const path of mountPaths) await agent.unmount({ path });
  await agent.removeVolumeDevice({ volume });
  await agent.stopArray({ volume, arrayUuid: arrayUUID(uid) });
  for (const { slot } of members) await agent.removeMember({ volume, slot });
  for (const { nqn } of imports) await agent.disconnect({ nqn });
}

async function removePartitions({ agent }: ContractNode): Promise<void> {
  const { drives } = await agent.listDrives({});
  for (const { uuid, exports } of drives.flatMap(({ partitions }) => partitions)) {
    for (const { nqn } of exports) await agent.removeExport({ nqn });
    await agent.deletePartition({ uuid });
  }
}
