import { exportNQN, hostIdentity, namespaceUUID } from '../../src/api/identity';
import { layoutOf } from '../../src/api/layout';
import type { MeshStorPartition, MeshStorVolume } from '../../src/api/model';
import { ports } from '../../src/api/names';
import type { HostAgent } from '../../src/host/contract';
import {
  ArrayMemberState,
  DriveUse,
  HostEventKind,
  ImportState,
  SyncAction,
  Transport,
  type Drive,
  type HostEvent,
  type Partition,
  type Stack,
} from '../../src/host/gen/host';
import { addressOf, deviceID, drives, type Sample } from '../controller/sample';

const TiB = 2 ** 40;

/** What is on one node: all that its objects say should be there, working, and nothing else. */
export class Machine {
  readonly #partitions = new Map<string, MeshStorPartition>();
  readonly #volumes = new Map<string, Sample>();

  constructor(
    private readonly number: number,
    private readonly nodeName: string,
    samples: Iterable<Sample>,
  ) {
    for (const sample of samples) {
      for (const partition of sample.partitions)
        if (partition.spec.nodeName === nodeName) this.#partitions.set(partition.spec.partitionUUID, partition);
      if (sample.volume.status!.owner!.nodeName === nodeName) this.#volumes.set(sample.volume.metadata.uid!, sample);
    }
  }

  /** Answers what is asked when nothing is to be done; anything else is no part of an idle cluster. */
  agent(): HostAgent {
    const answers: Partial<HostAgent> = {
      getNodeFacts: async () => ({ kernel: '6.12.0', mdadm: '4.4', rdma: false, warnings: [], bootId: 'boot' }),
      listDrives: async () => ({ drives: Array.from({ length: drives }, (_, drive) => this.#drive(drive)) }),
      getPartition: async ({ uuid }) => this.#partition(this.#partitions.get(uuid!)!),
      getStack: async ({ volumeUid }) => this.#stack(this.#volumes.get(volumeUid!)),
      listStacks: async () => ({ volumes: [...this.#volumes.values()].map(({ volume }) => refOf(volume)) }),
      watch: (signal) => started(signal),
    };
    const refuse = (verb: string) => () =>
      Promise.reject(new Error(`${verb} was called on ${this.nodeName}, which is idle`));
    return new Proxy(answers as HostAgent, {
      get: (known, verb) => (Reflect.get(known, verb) as unknown) ?? refuse(String(verb)),
    });
  }

  #drive(drive: number): Drive {
    const id = deviceID(this.number, drive);
    return {
      name: `nvme${drive}n1`,
      id,
      model: 'Bench NVMe',
      serial: `B${this.number}-${drive}`,
      sizeBytes: 16 * TiB,
      sectorSize: 512,
      queues: 8,
      volatileWriteCache: false,
      partitions: [...this.#partitions.values()]
        .filter(({ spec }) => spec.deviceID === id)
        .map((partition) => this.#partition(partition)),
      free: [{ startBytes: 8 * TiB, sizeBytes: 8 * TiB }],
      use: DriveUse.MESHSTOR,
      useDetail: '',
    };
  }

  #partition({ spec }: MeshStorPartition): Partition {
    const { partitionUUID, volumeUID, epoch, importers = [], sizeBytes, deviceID: driveId, device } = spec;
    const served = {
      nqn: exportNQN(volumeUID, partitionUUID, epoch),
      partitionUuid: partitionUUID,
      namespaceUuid: namespaceUUID(partitionUUID, epoch),
      hostNqns: importers.map((node) => hostIdentity(node).hostNQN),
      endpoint: { transport: Transport.TCP, address: addressOf(this.nodeName), port: ports.tcp },
      fenced: false,
    };
    return {
      uuid: partitionUUID,
      driveId,
      driveName: device,
      startBytes: 2 ** 20,
      sizeBytes,
      label: volumeUID.replaceAll('-', '').slice(0, 24),
      exports: importers.length > 0 ? [served] : [],
      heldByVolumeUid: importers.length > 0 ? '' : volumeUID,
      volatileWriteCache: false,
      driveSession: 'boot.1',
    };
  }

  #stack(sample: Sample | undefined): Stack {
    if (!sample) return { imports: [], members: [], mountPaths: [] };
    const { volume, partitions } = sample;
    const { array, owner } = volume.status!;
    const sizeBytes = layoutOf(volume.spec).partitionBytes;
    const remote = partitions.filter(({ spec }) => spec.nodeName !== this.nodeName);
    const uuid = array!.uuid!;
    const members = array!.members!.map(({ slot, memberUUID }) => ({ slot: slot!, memberUUID: memberUUID! }));
    const importOf = ({ spec: { volumeUID, partitionUUID, epoch } }: MeshStorPartition) => ({
      nqn: exportNQN(volumeUID, partitionUUID, epoch),
      namespaceUuid: namespaceUUID(partitionUUID, epoch),
    });
    return {
      imports: remote.map((partition) => ({ ...importOf(partition), state: ImportState.LIVE })),
      members: partitions.map((partition) => ({
        slot: partition.spec.slot,
        partitionUuid: partition.spec.partitionUUID,
        path: { partitionUuid: partition.spec.partitionUUID, ...(remote.includes(partition) && importOf(partition)) },
        queueing: true,
        superblock: { arrayUuid: uuid, memberUuid: members[partition.spec.slot]!.memberUUID, events: 20 },
        sizeBytes,
        epoch: owner!.epoch,
      })),
      array: {
        uuid,
        level: 'ARRAY_LEVEL_RAID1',
        raidDevices: 2,
        sizeBytes: volume.spec.capacityBytes,
        syncAction: SyncAction.IDLE,
        syncDone: 0,
        syncTotal: 0,
        syncFloorKibPerSecond: 0,
        degraded: 0,
        members: members.map(({ slot, memberUUID }) => ({
          slot,
          role: slot,
          state: ArrayMemberState.IN_SYNC,
          memberUuid: memberUUID,
          beingReplaced: false,
          replacement: false,
        })),
        mismatchCount: 0,
        readOnly: false,
      },
      device: { path: array!.device!, sizeBytes: volume.spec.capacityBytes, suspended: false, openCount: 1 },
      mountPaths: [],
    };
  }
}

const refOf = ({ metadata }: MeshStorVolume) => ({ name: metadata.name, uid: metadata.uid! });

async function* started(signal: AbortSignal): AsyncGenerator<HostEvent> {
  yield { kind: HostEventKind.STARTED, volumeUid: '', driveId: '' };
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
