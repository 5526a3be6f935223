import type { MeshStorNodeDevice } from '../../src/api/model';
import { labels, namespace, nodeDeviceName, nodeLabel, nodeLeaseName } from '../../src/api/names';
import { quantity } from '../../src/api/quantity';
import type { Lease } from '../../src/api/resources';
import { deviceID, nodeName, nodes } from './sample';

const TiB = 2 ** 40;

/** The report of a drive with room. */
export function nodeDevice(node: number, drive: number): MeshStorNodeDevice {
  const name = nodeName(node);
  const device = `nvme${drive}n1`;
  return {
    apiVersion: 'csi.meshstor.io/v1alpha1',
    kind: 'MeshStorNodeDevice',
    metadata: {
      name: nodeDeviceName(name, device),
      labels: { [labels.node]: nodeLabel(name) },
      resourceVersion: `${1 + node * 10 + drive}`,
    },
    spec: { node: name, device, cordoned: false, evacuate: false },
    status: {
      deviceID: deviceID(node, drive),
      model: 'Bench NVMe',
      serial: `B${node}-${drive}`,
      sizeBytes: 16 * TiB,
      size: '16Ti',
      sectorSize: 512,
      freeBytes: 8 * TiB,
      biggestUsableFreeBytes: 8 * TiB,
      biggestUsableFreeSpace: quantity(8 * TiB),
      updatedAt: new Date().toISOString(),
      conditions: [
        {
          type: 'Usable',
          status: 'True',
          reason: 'InService',
          message: '',
          lastTransitionTime: '2026-01-12T09:30:00Z',
        },
      ],
    },
  };
}

/** Every node is alive. */
export const leasesNow = (): Lease[] =>
  Array.from({ length: nodes }, (_, node) => ({
    metadata: { name: nodeLeaseName(nodeName(node)), namespace, resourceVersion: `${1 + node}` },
    spec: { holderIdentity: nodeName(node), leaseDurationSeconds: 40, renewTime: new Date().toISOString() },
  }));
