import type { MeshStorVolume } from '../../api/model';
import type { HostAgent } from '../../host/contract';

/** How the host agent is told of a volume. */
export const refOf = ({ metadata }: MeshStorVolume): { uid: string; name: string } => ({
  uid: metadata.uid!,
  name: metadata.name,
});

/** Where something of the volume is mounted on this node now. */
export async function mountPaths(host: HostAgent, uid: string): Promise<string[]> {
  return (await host.getStack({ volumeUid: uid })).mountPaths;
}

/**
 * The same by name, from the node alone: also for a volume that is deleted, and for one whose name was given
 * to another since.
 */
export async function mountPathsByName(host: HostAgent, name: string): Promise<string[]> {
  const { volumes } = await host.listStacks({});
  const namesakes = volumes.filter((volume) => volume.name === name);
  const paths = await Promise.all(namesakes.map(({ uid }) => mountPaths(host, uid)));
  return paths.flat();
}
