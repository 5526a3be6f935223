import type { MeshStorPartition, MeshStorVolume, MeshStorVolumeStatus } from '../../../src/api/model';
import { owned, type OwnedView } from '../../../src/controllers/volume/node/view';
import type { Stack } from '../../../src/host/gen/host';
import { aDevice, aMember, anImport, aPartition, aStack, aVolume, inArray, recordOf } from '../../support/objects';

export const owner = { nodeName: 'node1', epoch: 1, purpose: 'Attach' as const };
export const createdAt = '2026-01-01T00:00:00Z';

/** What is on record of a volume of two copies that is in use on node1. */
export const inUse: MeshStorVolumeStatus = {
  owner,
  array: { epoch: 1, createdAt },
  inSync: [recordOf(0), recordOf(1)],
  formattedAt: createdAt,
};

/** Its stack, on which nothing is wrong. */
export const healthy = (change: Partial<Stack> = {}): Stack => ({
  ...aStack({
    imports: [anImport(1)],
    members: [aMember(0), aMember(1)],
    running: [inArray(0), inArray(1)],
    device: aDevice(),
  }),
  ...change,
});

export interface Look {
  volume?: MeshStorVolume;
  partitions?: MeshStorPartition[];
  stack?: Stack;
  attempts?: ReadonlyMap<string, Error | undefined>;
  mayDefer?: boolean;
  freezing?: boolean;
}

export const attached = (
  status: MeshStorVolumeStatus = inUse,
  spec: Partial<MeshStorVolume['spec']> = {},
): MeshStorVolume => aVolume({ nodeName: 'node1', ...spec }, status);

/** node1's view as the owner. */
export function look({ volume, partitions, stack, attempts, mayDefer, freezing }: Look = {}): OwnedView {
  const view = owned({
    nodeName: 'node1',
    volume: volume ?? attached(),
    partitions: partitions ?? [aPartition(0, 'node1'), aPartition(1, 'node2')],
    stack: stack ?? healthy(),
    mayDefer: mayDefer ?? false,
    attempts: attempts ?? new Map(),
    freezing: freezing ?? false,
    awaitsRecord: false,
    ran: true,
    syncShare: 0,
  });
  if (!view) throw new Error('node1 does not own this volume');
  return view;
}
