import type { MeshStorVolume } from '../../api/model';
import type { Volume } from '../gen/csi';

/** What the node service is told of a volume; fixed for its whole life. */
export function volumeContext({ spec }: MeshStorVolume): Record<string, string> {
  return { volumeMode: spec.volumeMode, ...(spec.volumeMode === 'Filesystem' && { fsType: spec.fsType }) };
}

/** No accessible topology: every node can reach every volume. */
export function volumeOf(volume: MeshStorVolume): Volume {
  return {
    volumeId: volume.metadata.name,
    capacityBytes: volume.spec.capacityBytes,
    volumeContext: volumeContext(volume),
    contentSource: undefined,
    accessibleTopology: [],
  };
}

/** The nodes a volume is attached to. A detachment counts from the moment it is asked for. */
export function publishedNodes({ spec, status }: MeshStorVolume): string[] {
  return spec.nodeName !== undefined && status?.nodeName === spec.nodeName ? [spec.nodeName] : [];
}
