import type {
  MeshStorMigration,
  MeshStorPartition,
  MeshStorVolume,
  MeshStorVolumeStatus,
} from '../../../src/api/model';
import type { Decision } from '../../../src/controllers/volume/cluster/decide';
import { statusOf } from '../../../src/controllers/volume/cluster/report';
import { viewOf, type View } from '../../../src/controllers/volume/cluster/view';
import { aPartition, aVolume, recordOf } from '../../support/objects';

export const now = '2026-01-01T00:10:00Z';
export const earlier = '2026-01-01T00:00:00Z';
export const owner = { nodeName: 'node1', epoch: 1, purpose: 'Attach' as const, since: earlier };
export const running: MeshStorVolumeStatus['array'] = { epoch: 1, state: 'Running', createdAt: earlier };
export const stopped: MeshStorVolumeStatus['array'] = { ...running, state: 'Stopped' };
export const inUse: MeshStorVolumeStatus = {
  owner,
  nodeName: 'node1',
  array: running,
  inSync: [recordOf(0), recordOf(1)],
};
export const both = [aPartition(0, 'node1'), aPartition(1, 'node2')];
export const idle: Decision = { rule: undefined, actions: [] };

export interface Case {
  volume?: MeshStorVolume;
  partitions?: readonly MeshStorPartition[];
  promised?: readonly MeshStorPartition[];
  migrations?: readonly MeshStorMigration[];
  dead?: string[];
  decision?: Decision;
}

export const look = ({ volume, partitions, promised, migrations, dead }: Case): View =>
  viewOf({
    volume: volume ?? aVolume({ nodeName: 'node1' }, inUse),
    partitions: partitions ?? both,
    promised: promised ?? [],
    migrations: migrations ?? [],
    takenSlots: [],
    candidates: [],
    deadNodes: new Set(dead),
    handoverOverdue: false,
  });
export const report = (given: Case, granted?: Parameters<typeof statusOf>[3]) =>
  statusOf(look(given), given.decision ?? idle, now, granted);
export const condition = (given: Case, type: string) => report(given).conditions.find((entry) => entry.type === type);
export const deleting = { deletionTimestamp: earlier };
export const used = (status: MeshStorVolumeStatus, spec: Partial<MeshStorVolume['spec']> = {}) =>
  aVolume({ nodeName: 'node1', ...spec }, { ...inUse, ...status });

/** A partition about which its node says this. */
export const says = (partition: MeshStorPartition, reason: string, state: 'Created' | 'Requested' = 'Created') => ({
  ...partition,
  status: {
    ...partition.status,
    state,
    conditions: [
      { type: 'Ready', status: 'False' as const, reason, message: `${reason}!`, lastTransitionTime: earlier },
    ],
  },
});
