import { createHash } from 'node:crypto';

/** Names of the product. They appear in manifests, on disks and on the wire, and never change. */
export const driverName = 'io.meshstor.csi.mesh';
export const namespace = 'meshstor';

export const labels = {
  /** On mspart and msnd: the node that has the drive. */
  node: 'meshstor.io/node',
  /** On msvol and mspart: the node that owns the array, or is about to. */
  consumer: 'meshstor.io/consumer',
  /** On mspart: the volume. */
  volume: 'meshstor.io/volume',
} as const;

export const annotations = {
  tcpAddress: 'meshstor.io/nvme-over-tcp-address',
  /** On a node's lease: why the node cannot run arrays, for people. Absent: it can. */
  unfit: 'meshstor.io/unfit',
  /** On msvol: the name CreateVolume was called with, where the volume could not be named so. */
  requestedName: 'meshstor.io/requested-name',
} as const;

export const finalizers = {
  /** On msvol, held by the controller until the array is down and every partition is on its way out. */
  volume: 'meshstor.io/volume',
  /** On mspart, held by its node until the content is wiped and the space is free. */
  partition: 'meshstor.io/partition',
} as const;

/** Keys of the CSI topology. */
export const topologyKeys = {
  node: 'topology.csi.meshstor.io/node',
  zone: 'topology.kubernetes.io/zone',
} as const;

/** The port registered for NVMe-oF. */
export const ports = { tcp: 4420 } as const;

/** Longest volume name that leaves room for `meshstor-` and `-m<slot>` in device and label names. */
const maxVolumeName = 52;

/**
 * Whether a name can be a volume's: a DNS label short enough for labels and device names, and not one that
 * reads like a member map of another volume (`<volume>-m<slot>`).
 */
export function isVolumeName(name: string): boolean {
  return name.length <= maxVolumeName && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && !/-m\d+$/.test(name);
}

/**
 * The volume's name for the name CreateVolume was called with: the same where it can be one, else one
 * derived from it. The same input gives the same name, always.
 */
export function volumeNameFor(requested: string): string {
  return isVolumeName(requested) ? requested : `msv-${sha256(requested).slice(0, 40)}`;
}

/** A node's name as a label value: itself up to the 63 characters allowed, else a digest of it. */
export function nodeLabel(nodeName: string): string {
  return nodeName.length <= 63 ? nodeName : `node-${sha256(nodeName).slice(0, 40)}`;
}

export const partitionName = (volumeName: string, slot: number): string => `${volumeName}-${slot}`;

/** An object name holds 253 characters; the drive's name is kept whole, the node's is cut behind a digest. */
export function nodeDeviceName(nodeName: string, device: string): string {
  const name = `${nodeName}-${device}`;
  return name.length <= 253 ? name : `${sha256(nodeName).slice(0, 40)}-${device}`;
}

export const nodeLeaseName = (nodeName: string): string => `meshstor-node-${nodeName}`;
export const controllerLeaseName = 'meshstor-csi-controller';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
