/** Condition types, and the reasons that other parts act on. Reasons only people read stand where they arise. */
export const conditionTypes = {
  // MeshStorVolume, cluster half
  provisioned: 'Provisioned',
  redundant: 'Redundant',
  specApplied: 'SpecApplied',
  attached: 'Attached',
  replacementBlocked: 'ReplacementBlocked',
  localCopy: 'LocalCopy',
  // MeshStorVolume, node half
  arrayReady: 'ArrayReady',
  // MeshStorPartition
  ready: 'Ready',
  // MeshStorNodeDevice
  present: 'Present',
  usable: 'Usable',
  // MeshStorMigration
  accepted: 'Accepted',
} as const;

export const reasons = {
  /** Provisioned=False: no set of nodes has room. The message says per node what is lacking. */
  insufficientCapacity: 'InsufficientCapacity',
  /** Provisioned=False: the spec contradicts itself or cannot be honoured. */
  invalidSpec: 'InvalidSpec',
  /** SpecApplied=False, Accepted=False: this version cannot do what is asked. */
  notSupported: 'NotSupported',
} as const;

/** mspart Ready=False reasons after which the partition can never be made where it was planned. */
export const placementFailures = ['NoSpace', 'Foreign', 'DriveNotFound'] as const;
