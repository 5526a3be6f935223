import { conditionTypes } from '../../api/conditions';
import type { Condition } from '../../api/meta';
import type { MeshStorNodeDevice, MeshStorNodeDeviceStatus } from '../../api/model';
import { quantity } from '../../api/quantity';
import { DriveUse, type Drive, type NodeFacts } from '../../host/gen/host';
import { observed, type Verdict } from '../../runtime/conditions';
import { hazardOf } from './kernel';

/** How many MeshStor partitions a drive has, by where their consumers are. */
export interface Counts {
  readonly local: number;
  readonly remote: number;
  readonly unknown: number;
}

export interface Seen {
  readonly device: MeshStorNodeDevice;
  /** Undefined when the drive is not in the node any more. */
  readonly drive: Drive | undefined;
  readonly counts: Counts;
  readonly facts: NodeFacts;
  readonly zone: string | undefined;
  /** Accept kernels that are known to damage bitmaps over NVMe/TCP. */
  readonly allowOldKernel: boolean;
}

/** The status of one drive. Pure; `now` is a metav1.Time. */
export function statusOf(seen: Seen, now: string): MeshStorNodeDeviceStatus {
  const { device, drive, counts, facts, zone } = seen;
  const usable = usability(seen);
  const free = usable.status === 'True' ? (drive?.free ?? []).map(({ sizeBytes }) => sizeBytes) : [];
  const biggest = Math.max(0, ...free);
  return {
    ...(drive ? identityOf(drive) : knownIdentity(device)),
    localPartitions: counts.local,
    remotePartitions: counts.remote,
    unknownPartitions: counts.unknown,
    freeBytes: free.reduce((sum, size) => sum + size, 0),
    biggestUsableFreeBytes: biggest,
    biggestUsableFreeSpace: quantity(biggest),
    updatedAt: now,
    facts: {
      ...(facts.kernel && { kernel: facts.kernel }),
      ...(facts.mdadm && { mdadm: facts.mdadm }),
      rdma: facts.rdma,
      ...(zone && { zone }),
    },
    conditions: [
      condition(device, conditionTypes.present, presence(drive), now),
      condition(device, conditionTypes.usable, usable, now),
    ],
  };
}

function identityOf(drive: Drive): MeshStorNodeDeviceStatus {
  return {
    deviceID: drive.id,
    // Some drives have neither, and older API servers refuse an applied empty string.
    ...(drive.model && { model: drive.model }),
    ...(drive.serial && { serial: drive.serial }),
    sizeBytes: drive.sizeBytes,
    size: quantity(drive.sizeBytes),
    sectorSize: drive.sectorSize,
    multiQueue: drive.queues,
    writeCache: drive.volatileWriteCache ? 'WriteBack' : 'WriteThrough',
  };
}

/** Of a drive that is gone, what it was. */
function knownIdentity({ status = {} }: MeshStorNodeDevice): MeshStorNodeDeviceStatus {
  const { deviceID, model, serial, sizeBytes, size, sectorSize, multiQueue, writeCache } = status;
  return { deviceID, model, serial, sizeBytes, size, sectorSize, multiQueue, writeCache };
}

function presence(drive: Drive | undefined): Verdict {
  if (drive) return { status: 'True', reason: 'Found', message: 'The drive is in the node.' };
  return { status: 'False', reason: 'Gone', message: 'No drive of this name is in the node any more.' };
}

function usability({ drive, facts, allowOldKernel }: Seen): Verdict {
  const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });
  if (!drive) return no('Gone', 'The drive is not in the node.');
  const hazard = hazardOf(facts.kernel, allowOldKernel);
  if (hazard) return no('KernelTooOld', hazard);
  if (facts.warnings.length > 0) return no('NodeHazard', facts.warnings.join(' '));
  switch (drive.use) {
    case DriveUse.BLANK:
      return { status: 'True', reason: 'Blank', message: 'Blank; the first partition gives it a table.' };
    case DriveUse.MESHSTOR:
      return { status: 'True', reason: 'InService', message: 'In the service of MeshStor.' };
    case DriveUse.FOREIGN:
      return no('Foreign', drive.useDetail || 'It holds something that MeshStor did not make.');
    case DriveUse.BUSY:
      return no('InUse', drive.useDetail || 'It is mounted, or held as a whole.');
    case DriveUse.UNREADABLE:
    case DriveUse.UNSPECIFIED:
    case DriveUse.UNRECOGNIZED:
      return no('Unreadable', drive.useDetail || 'The drive could not be read.');
  }
}

function condition(device: MeshStorNodeDevice, type: string, verdict: Verdict, now: string): Condition {
  return observed(type, verdict, device.status?.conditions, now);
}
