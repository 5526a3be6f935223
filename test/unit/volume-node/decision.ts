import type {
  InSyncMember,
  MeshStorPartition,
  MeshStorVolume,
  MeshStorVolumeSpec,
  MeshStorVolumeStatus,
} from '../../../src/api/model';
import { decide, type Decision } from '../../../src/controllers/volume/node/decide';
import type { View } from '../../../src/controllers/volume/node/view';
import type { Stack } from '../../../src/host/gen/host';
import { aDevice, aMember, anImport, aPartition, aStack, aVolume, inArray, recordOf } from '../../support/objects';

export const owner = (purpose: 'Initialize' | 'Attach' = 'Attach', epoch = 1) => ({
  nodeName: 'node1',
  epoch,
  purpose,
});
export const created = { epoch: 1, createdAt: '2026-01-01T00:00:00Z' };
export const both: MeshStorVolumeStatus = {
  owner: owner(),
  array: created,
  inSync: [recordOf(0), recordOf(1)],
  formattedAt: '2026-01-01T00:00:01Z',
};
export const attached: Partial<MeshStorVolumeSpec> = { nodeName: 'node1' };
export const partitions = [aPartition(0, 'node1'), aPartition(1, 'node2')];
export const healthy = (change: Partial<Stack> = {}) => ({
  ...aStack({
    imports: [anImport(1)],
    members: [aMember(0), aMember(1)],
    running: [inArray(0), inArray(1)],
    device: aDevice(),
  }),
  ...change,
});

export interface Case {
  volume?: MeshStorVolume | undefined;
  partitions?: MeshStorPartition[];
  stack: Stack;
  mayDefer?: boolean;
  freezing?: boolean;
  attempts?: ReadonlyMap<string, Error | undefined>;
  syncShare?: number;
  ran?: boolean;
}

export function decided(given: Case): Decision {
  const view: View = {
    nodeName: 'node1',
    volume: 'volume' in given ? given.volume : aVolume(attached, both),
    partitions: given.partitions ?? partitions,
    stack: given.stack,
    mayDefer: given.mayDefer ?? false,
    attempts: given.attempts ?? new Map(),
    freezing: given.freezing ?? false,
    awaitsRecord: false,
    ran: given.ran ?? true,
    syncShare: given.syncShare ?? 0,
  };
  return decide(view);
}

export function steps(given: Case): [string | undefined, ...string[]] {
  const { rule, actions } = decided(given);
  return [rule, ...actions.map(words)];
}

function words(action: ReturnType<typeof decide>['actions'][number]): string {
  switch (action.verb) {
    case 'connect':
    case 'applyMember':
      return `${action.verb} ${action.leg.slot}`;
    case 'addToArray':
      return `${action.verb} ${action.leg.slot}${action.mode === 'byBitmap' ? ' by bitmap' : ''}`;
    case 'queue':
    case 'fail':
    case 'removeMember':
    case 'removeFromArray':
    case 'dropFromArray':
      return `${action.verb} ${action.slot}`;
    case 'createArray':
      return `createArray ${action.slots.join(',')}`;
    case 'assembleArray':
      return `assembleArray ${action.members.map(({ slot }) => slot).join(',')}${action.degraded ? ' degraded' : ''}`;
    case 'record':
      return [
        `record ${namesOf(action.inSync)}`,
        ...action.departed.map(({ slot, faulty }) => `${faulty ? 'faulty' : 'away'} ${slot}`),
      ].join(' ');
    case 'replaceInArray':
      return `replace ${action.slot} with ${action.withSlot}`;
    case 'setRoles':
      return `setRoles ${action.raidDevices}`;
    case 'disconnect':
      return `disconnect ${action.nqn.split(':').at(-1)}`;
    default:
      return action.verb;
  }
}

/** Slots, each with the session of its drive, if that is on record. */
const namesOf = (members: readonly InSyncMember[]): string =>
  members.map(({ slot, driveSession }) => (driveSession === undefined ? slot : `${slot}@${driveSession}`)).join(',');
