import { createHash } from 'node:crypto';
import type { PersistentVolume, Pod } from '../kinds';

const root = '/var/lib/kubelet';
const escapedPlugin = 'kubernetes.io~csi';

/** Where a kubelet has a volume staged, by its mode. */
export function stagingPath({ metadata, spec }: PersistentVolume): string {
  const { driver, volumeHandle } = spec.csi!;
  if (spec.volumeMode === 'Block') return `${root}/plugins/kubernetes.io/csi/volumeDevices/staging/${metadata.name}`;
  const digest = createHash('sha256').update(volumeHandle).digest('hex');
  return `${root}/plugins/kubernetes.io/csi/${driver}/${digest}/globalmount`;
}

/** Where a kubelet has a volume published for a pod. */
export function targetPath({ metadata, spec }: PersistentVolume, pod: Pod): string {
  const { uid } = pod.metadata;
  if (spec.volumeMode === 'Block') {
    return `${root}/plugins/kubernetes.io/csi/volumeDevices/publish/${metadata.name}/${uid}`;
  }
  return `${root}/pods/${uid}/volumes/${escapedPlugin}/${metadata.name}/mount`;
}
