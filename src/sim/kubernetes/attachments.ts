import { createHash } from 'node:crypto';
import type { PersistentVolume } from './kinds';

/** Name of the VolumeAttachment that Kubernetes and the kubelet agree on. */
export function attachmentName(driver: string, volumeHandle: string, nodeName: string): string {
  return `csi-${createHash('sha256').update(`${volumeHandle}${driver}${nodeName}`).digest('hex')}`;
}

/** How a node's status names a CSI volume it uses. */
export const volumeInUse = ({ spec }: PersistentVolume): string =>
  `kubernetes.io/csi/${spec.csi?.driver}^${spec.csi?.volumeHandle}`;
