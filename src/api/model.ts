/** The kinds and the parts of them that have a name of their own. */
import type { MeshStorMigration } from './gen/meshstormigration';
import type { MeshStorNodeDevice, MeshStorNodeDeviceStatus } from './gen/meshstornodedevice';
import type { MeshStorPartition, MeshStorPartitionStatus } from './gen/meshstorpartition';
import type { MeshStorVolume, MeshStorVolumeSpec, MeshStorVolumeStatus } from './gen/meshstorvolume';

export type { MeshStorMigration, MeshStorNodeDevice, MeshStorPartition, MeshStorVolume };
export type { MeshStorNodeDeviceStatus, MeshStorPartitionStatus, MeshStorVolumeSpec, MeshStorVolumeStatus };

export type Owner = NonNullable<MeshStorVolumeStatus['owner']>;
export type DepartedMember = NonNullable<MeshStorVolumeStatus['departed']>[number];
export type MigrationMove = NonNullable<NonNullable<MeshStorMigration['status']>['moves']>[number];
export type InSyncMember = NonNullable<MeshStorVolumeStatus['inSync']>[number];
export type ArrayStatus = NonNullable<MeshStorVolumeStatus['array']>;
export type ArrayMemberStatus = NonNullable<ArrayStatus['members']>[number];
export type MdState = NonNullable<MeshStorVolumeStatus['mdState']>;
export type VolumePhase = NonNullable<MeshStorVolumeStatus['phase']>;
export type PartitionEntry = NonNullable<MeshStorVolumeStatus['partitions']>[number];
export type PartitionState = PartitionEntry['state'];
