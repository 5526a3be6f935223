import { quantity } from '../../../../api/quantity';
import type { Seen } from '../../watch';
import type { Scale } from '../scale';
import type { Stage } from '../stage';
import type { Told } from '../teller';

/** Every node has reported every drive, and that it can be used. */
export async function start(stage: Stage, signal: AbortSignal): Promise<Told<void>> {
  const { local, watch, kubernetes, scale } = stage;
  await watch.changes.until(() => (allUsable(watch.seen, scale) ? true : undefined), signal);
  const classes = await kubernetes.storageClasses();
  const { server } = local.connection;
  const drives = scale.nodes * scale.drivesPerNode;
  return {
    value: undefined,
    said: [
      `${scale.nodes} nodes with ${drives} drives of ${quantity(scale.driveBytes)}, each with MeshStor's node process, ` +
        `host agent and kubelet behind sockets; one controller; an API server at ${server}.`,
      `Storage classes: ${classes.join(', ')}.`,
    ],
    result: { nodes: scale.nodes, drives, driveBytes: scale.driveBytes, server, storageClasses: classes },
  };
}

function allUsable({ devices }: Seen, { nodes, drivesPerNode }: Scale): boolean {
  const usable = devices.objects.filter(({ status }) =>
    status?.conditions?.some(({ type, status }) => type === 'Usable' && status === 'True'),
  );
  return usable.length === nodes * drivesPerNode;
}
