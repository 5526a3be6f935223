// Generated from crds/ by `make generate`. Do not edit.
/* eslint-disable */

export const schemas = {
  MeshStorMigration: {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        required: ['volumeName', 'type'],
        properties: {
          volumeName: {
            type: 'string',
            minLength: 1,
            maxLength: 253,
          },
          type: {
            type: 'string',
            enum: ['Member', 'Live'],
          },
          reason: {
            type: 'string',
            enum: ['User', 'ConsumerDrain', 'MemberMissing', 'Expansion', 'Evacuation', 'Scaling'],
            default: 'User',
            description: 'What it is made for. Expansion is reserved; not set by this version.',
          },
          source: {
            type: 'object',
            description: 'The member to move away from. Unset when a copy is only added.',
            properties: {
              nodeName: {
                type: 'string',
                maxLength: 253,
              },
              device: {
                type: 'string',
                maxLength: 253,
              },
            },
            additionalProperties: false,
          },
          target: {
            type: 'object',
            description: 'Where to. Unset means the placement rules choose.',
            properties: {
              nodeName: {
                type: 'string',
                maxLength: 253,
              },
              device: {
                type: 'string',
                maxLength: 253,
              },
            },
            additionalProperties: false,
          },
          paused: {
            type: 'boolean',
            default: false,
          },
          cancelled: {
            type: 'boolean',
            default: false,
          },
          dryRun: {
            type: 'boolean',
            default: false,
            description: 'Show the plan in status and change nothing.',
          },
        },
        additionalProperties: false,
      },
      status: {
        type: 'object',
        properties: {
          observedGeneration: {
            type: 'integer',
            format: 'int64',
          },
          phase: {
            type: 'string',
            enum: [
              'Pending',
              'NotSupported',
              'Preparing',
              'Ready',
              'Running',
              'Paused',
              'Completed',
              'Cancelled',
              'Failed',
            ],
            description: 'How far it is. Ready is reserved; not set by this version.',
          },
          from: {
            type: 'string',
            description: 'Node and drive that are left.',
          },
          to: {
            type: 'string',
            description: 'Node and drive that are moved to.',
          },
          progress: {
            type: 'string',
            description: 'Of the synchronisation, for example 12.5%.',
          },
          moves: {
            type: 'array',
            maxItems: 8,
            description: 'The partitions concerned, decided once.',
            items: {
              type: 'object',
              properties: {
                source: {
                  type: 'string',
                  description: 'MeshStorPartition that leaves; unset when a copy is added.',
                },
                target: {
                  type: 'string',
                  description: 'MeshStorPartition that joins; unset when a copy is removed.',
                },
                nodeName: {
                  type: 'string',
                },
                device: {
                  type: 'string',
                },
                deviceID: {
                  type: 'string',
                },
                slot: {
                  type: 'integer',
                  format: 'int32',
                },
              },
              additionalProperties: false,
            },
          },
          bytesTotal: {
            type: 'integer',
            format: 'int64',
            description: 'Bytes to be copied.',
          },
          bytesDone: {
            type: 'integer',
            format: 'int64',
          },
          bytesPerSecond: {
            type: 'integer',
            format: 'int64',
            description: 'Since the synchronisation began.',
          },
          etaSeconds: {
            type: 'integer',
            format: 'int64',
          },
          plan: {
            type: 'array',
            maxItems: 16,
            description: 'What is done, step by step.',
            items: {
              type: 'string',
            },
          },
          lowestInSync: {
            type: 'integer',
            format: 'int32',
            description: 'Members in sync at the worst moment of the plan.',
          },
          startedAt: {
            type: 'string',
            format: 'date-time',
          },
          syncStartedAt: {
            type: 'string',
            format: 'date-time',
          },
          completedAt: {
            type: 'string',
            format: 'date-time',
          },
          conditions: {
            type: 'array',
            items: {
              type: 'object',
              required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
              properties: {
                type: {
                  type: 'string',
                  maxLength: 316,
                },
                status: {
                  type: 'string',
                  enum: ['True', 'False', 'Unknown'],
                },
                reason: {
                  type: 'string',
                  minLength: 1,
                  maxLength: 1024,
                },
                message: {
                  type: 'string',
                  maxLength: 32768,
                },
                lastTransitionTime: {
                  type: 'string',
                  format: 'date-time',
                },
                observedGeneration: {
                  type: 'integer',
                  format: 'int64',
                  minimum: 0,
                },
              },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
  MeshStorNodeDevice: {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        required: ['node', 'device'],
        properties: {
          node: {
            type: 'string',
            minLength: 1,
            maxLength: 253,
            description: 'Full name of the node.',
          },
          device: {
            type: 'string',
            minLength: 1,
            maxLength: 253,
            description: 'Full kernel name of the drive (nvme0n1).',
          },
          cordoned: {
            type: 'boolean',
            default: false,
            description: 'Set by a person to keep new partitions off this drive.',
          },
          evacuate: {
            type: 'boolean',
            default: false,
            description: "Set by a person to have the drive's partitions moved away.",
          },
          maintenanceUntil: {
            type: 'string',
            format: 'date-time',
            description: "Set by a person. Until then no member on this drive's node is replaced for being missing.",
          },
        },
        additionalProperties: false,
      },
      status: {
        type: 'object',
        properties: {
          deviceID: {
            type: 'string',
            description: 'Stable identity of the drive now behind this name (its NVMe namespace id).',
          },
          model: {
            type: 'string',
          },
          serial: {
            type: 'string',
          },
          sizeBytes: {
            type: 'integer',
            format: 'int64',
          },
          size: {
            type: 'string',
          },
          sectorSize: {
            type: 'integer',
            format: 'int32',
          },
          multiQueue: {
            type: 'integer',
            format: 'int32',
          },
          writeCache: {
            type: 'string',
            enum: ['WriteBack', 'WriteThrough'],
            description:
              'WriteBack drives can lose flushed writes with their power when the NVMe path fails in the middle of a flush; a member on one is fully synchronised after such a loss.',
          },
          localPartitions: {
            type: 'integer',
            format: 'int32',
          },
          remotePartitions: {
            type: 'integer',
            format: 'int32',
          },
          unknownPartitions: {
            type: 'integer',
            format: 'int32',
          },
          freeBytes: {
            type: 'integer',
            format: 'int64',
          },
          biggestUsableFreeBytes: {
            type: 'integer',
            format: 'int64',
            description: 'Largest stretch in which a new partition fits; 0 when the drive cannot be used.',
          },
          biggestUsableFreeSpace: {
            type: 'string',
          },
          updatedAt: {
            type: 'string',
            format: 'date-time',
            description: 'Heartbeat. While it is older than 60 s the drive gets no placement.',
          },
          facts: {
            type: 'object',
            description: 'What the node can do.',
            properties: {
              kernel: {
                type: 'string',
              },
              mdadm: {
                type: 'string',
              },
              rdma: {
                type: 'boolean',
              },
              zone: {
                type: 'string',
                description: "The node's topology.kubernetes.io/zone label.",
              },
            },
            additionalProperties: false,
          },
          conditions: {
            type: 'array',
            items: {
              type: 'object',
              required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
              properties: {
                type: {
                  type: 'string',
                  maxLength: 316,
                },
                status: {
                  type: 'string',
                  enum: ['True', 'False', 'Unknown'],
                },
                reason: {
                  type: 'string',
                  minLength: 1,
                  maxLength: 1024,
                },
                message: {
                  type: 'string',
                  maxLength: 32768,
                },
                lastTransitionTime: {
                  type: 'string',
                  format: 'date-time',
                },
                observedGeneration: {
                  type: 'integer',
                  format: 'int64',
                  minimum: 0,
                },
              },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
  MeshStorPartition: {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        description: 'What is wanted. Written by the controller.',
        required: [
          'volumeName',
          'volumeUID',
          'nodeName',
          'device',
          'deviceID',
          'partitionUUID',
          'sizeBytes',
          'slot',
          'epoch',
        ],
        properties: {
          volumeName: {
            type: 'string',
            minLength: 1,
            maxLength: 253,
          },
          volumeUID: {
            type: 'string',
            minLength: 1,
            maxLength: 64,
            description: 'UID of the MeshStorVolume; tells a volume from a later one of the same name.',
          },
          nodeName: {
            type: 'string',
            minLength: 1,
            maxLength: 253,
          },
          device: {
            type: 'string',
            minLength: 1,
            maxLength: 253,
            description: 'Kernel name of the drive when it was chosen; for people.',
          },
          deviceID: {
            type: 'string',
            minLength: 1,
            maxLength: 512,
            description: 'Stable identity of the drive (its NVMe namespace id).',
          },
          partitionUUID: {
            type: 'string',
            pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
            description: "GPT unique partition GUID, derived from the volume's UID and the slot.",
          },
          sizeBytes: {
            type: 'integer',
            format: 'int64',
            minimum: 1048576,
            multipleOf: 1048576,
            description: "Size of the partition, md's own space included.",
          },
          slot: {
            type: 'integer',
            format: 'int32',
            minimum: 0,
            description:
              "The partition's own number within its volume, which its names carry. Its place in the array is its role, which md gives it.",
          },
          epoch: {
            type: 'integer',
            format: 'int64',
            minimum: 1,
            description: 'Ownership epoch that exports must carry. Exports of earlier epochs are torn down.',
          },
          importers: {
            type: 'array',
            maxItems: 2,
            description: 'Nodes that may import the partition under this epoch. Empty means no export.',
            items: {
              type: 'string',
              minLength: 1,
              maxLength: 253,
            },
          },
          replaces: {
            type: 'string',
            maxLength: 36,
            description: 'partitionUUID of the member whose place this one is to take.',
          },
          copyPaused: {
            type: 'boolean',
            description: 'Copying onto it pauses. Follows spec.paused of the MeshStorMigration that it is a target of.',
          },
          evictRequested: {
            type: 'boolean',
            description: "A person's wish to have this partition moved elsewhere.",
          },
        },
        additionalProperties: false,
      },
      status: {
        type: 'object',
        description: 'What is. Written by the node that has the drive.',
        properties: {
          observedGeneration: {
            type: 'integer',
            format: 'int64',
          },
          state: {
            type: 'string',
            enum: ['Requested', 'Created', 'Deleting'],
          },
          partitionUUID: {
            type: 'string',
            description: 'As read from the drive.',
          },
          sizeBytes: {
            type: 'integer',
            format: 'int64',
          },
          size: {
            type: 'string',
            description: 'sizeBytes for people.',
          },
          export: {
            type: 'object',
            description:
              'Confirmation of spec.epoch. Once this names an epoch, no earlier export of the partition exists on the node.',
            required: ['epoch', 'state'],
            properties: {
              epoch: {
                type: 'integer',
                format: 'int64',
              },
              state: {
                type: 'string',
                enum: ['Serving', 'None'],
              },
              nqn: {
                type: 'string',
              },
              namespaceUUID: {
                type: 'string',
              },
              transport: {
                type: 'string',
                enum: ['tcp', 'rdma'],
              },
              address: {
                type: 'string',
              },
              port: {
                type: 'integer',
                format: 'int32',
              },
            },
            additionalProperties: false,
          },
          driveSession: {
            type: 'string',
            description:
              'Changes when the node boots and when the drive is taken out and put in. On record before anything is exported in it.',
          },
          volatileWriteCache: {
            type: 'boolean',
            description: 'Whether the drive may lose what it acknowledged when it loses power.',
          },
          wipe: {
            type: 'object',
            description: 'Progress of erasing the content before the space is offered again.',
            properties: {
              state: {
                type: 'string',
                enum: ['Running', 'Done'],
              },
              bytesDone: {
                type: 'integer',
                format: 'int64',
              },
            },
            additionalProperties: false,
          },
          conditions: {
            type: 'array',
            items: {
              type: 'object',
              required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
              properties: {
                type: {
                  type: 'string',
                  maxLength: 316,
                },
                status: {
                  type: 'string',
                  enum: ['True', 'False', 'Unknown'],
                },
                reason: {
                  type: 'string',
                  minLength: 1,
                  maxLength: 1024,
                },
                message: {
                  type: 'string',
                  maxLength: 32768,
                },
                lastTransitionTime: {
                  type: 'string',
                  format: 'date-time',
                },
                observedGeneration: {
                  type: 'integer',
                  format: 'int64',
                  minimum: 0,
                },
              },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
  MeshStorVolume: {
    type: 'object',
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        description: 'What is wanted. Written by people and by the CSI services.',
        required: ['capacityBytes'],
        properties: {
          capacityBytes: {
            type: 'integer',
            format: 'int64',
            minimum: 536870912,
            description: 'Usable bytes the volume must offer. May only grow.',
          },
          numberOfCopies: {
            type: 'integer',
            format: 'int32',
            minimum: 1,
            maximum: 8,
            default: 2,
            description: 'Complete copies of the data, each on a node of its own.',
          },
          drivesPerCopy: {
            type: 'integer',
            format: 'int32',
            minimum: 1,
            maximum: 8,
            default: 1,
            description: 'Drives that share one copy. More than one makes the array a RAID10 (near-2, 64 KiB chunk).',
          },
          memberMissingTimeout: {
            type: 'integer',
            format: 'int32',
            minimum: 60,
            maximum: 604800,
            default: 900,
            description: 'Seconds a member may be missing before it is replaced on another node.',
          },
          sectorSize: {
            type: 'integer',
            format: 'int32',
            enum: [512, 4096],
            description: 'Logical sector size the drives must have. Unset means whatever the chosen drives have.',
          },
          fsType: {
            type: 'string',
            enum: ['xfs', 'ext4'],
            default: 'xfs',
            description: 'File system made once on a volume of mode Filesystem.',
          },
          volumeMode: {
            type: 'string',
            enum: ['Filesystem', 'Block'],
            default: 'Filesystem',
          },
          accessModes: {
            type: 'array',
            maxItems: 4,
            description:
              'Access modes the volume was provisioned for. ReadOnlyMany and ReadWriteMany are reserved; not set by this version.',
            items: {
              type: 'string',
              enum: ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadOnlyMany', 'ReadWriteMany'],
            },
          },
          migratable: {
            type: 'boolean',
            default: false,
            description:
              'Whether the volume may be attached to two nodes while a virtual machine moves. Reserved; this version attaches every volume to one node.',
          },
          memberLossPolicy: {
            type: 'string',
            enum: ['Wait', 'Available'],
            default: 'Wait',
            description:
              "What to do when a running volume's last copy comes back from a drive that may have forgotten writes (it has a volatile write cache and was without power). Wait holds I/O, with the reason CacheLost. Available takes it back as it is, at the risk of writes that were acknowledged and not flushed.",
          },
          followConsumer: {
            type: 'boolean',
            default: true,
            description:
              'Whether a copy moves to the node the volume is attached to, when none is there and there is room.',
          },
          topology: {
            type: 'object',
            description: 'Where copies may and should be placed, as asked for at provisioning.',
            properties: {
              requisite: {
                type: 'array',
                maxItems: 5000,
                description: 'Only nodes matching one of these terms get a copy; empty means every node.',
                items: {
                  type: 'object',
                  additionalProperties: {
                    type: 'string',
                    maxLength: 253,
                  },
                },
              },
              preferred: {
                type: 'array',
                maxItems: 5000,
                description: 'Nodes to prefer, best first.',
                items: {
                  type: 'object',
                  additionalProperties: {
                    type: 'string',
                    maxLength: 253,
                  },
                },
              },
            },
            additionalProperties: false,
          },
          placement: {
            type: 'array',
            maxItems: 8,
            description: 'Nodes (and drives) chosen by a person for the copies. Empty means automatic.',
            items: {
              type: 'object',
              required: ['nodeName'],
              properties: {
                nodeName: {
                  type: 'string',
                  minLength: 1,
                  maxLength: 253,
                },
                device: {
                  type: 'string',
                  maxLength: 253,
                  description: 'A drive of that node, by its kernel name (nvme0n1).',
                },
              },
              additionalProperties: false,
            },
          },
          nodeName: {
            type: 'string',
            maxLength: 253,
            description: 'Node the volume is attached to. Written by the CSI controller service.',
          },
          migrationNodeName: {
            type: 'string',
            maxLength: 253,
            description:
              'Second node during a live migration. Reserved; not set by this version, which answers it with SpecApplied False.',
          },
          releasedEpoch: {
            type: 'integer',
            format: 'int64',
            minimum: 0,
            description:
              'Ownership epoch whose consumer has let go of the volume (NodeUnstageVolume). While it equals status.owner.epoch the array stays stopped.',
          },
        },
        additionalProperties: false,
      },
      status: {
        type: 'object',
        description: 'What is. Each field has one writer.',
        properties: {
          observedGeneration: {
            type: 'integer',
            format: 'int64',
          },
          phase: {
            type: 'string',
            enum: ['Requested', 'Syncing', 'Synced', 'Expanding', 'Replacing', 'Deleting', 'Failed'],
            description: 'What is being done with the volume. Expanding is reserved; not set by this version.',
          },
          nodeName: {
            type: 'string',
            description: 'Node that may use the volume now.',
          },
          migrationNodeName: {
            type: 'string',
            description: 'Second node that may use the volume. Reserved; not set by this version.',
          },
          owner: {
            type: 'object',
            description:
              'The one node that may assemble the array. Changed only by compare-and-swap; the epoch rises with every change of the node, and every export carries it.',
            required: ['nodeName', 'epoch', 'purpose'],
            properties: {
              nodeName: {
                type: 'string',
                minLength: 1,
              },
              epoch: {
                type: 'integer',
                format: 'int64',
                minimum: 1,
              },
              purpose: {
                type: 'string',
                enum: ['Initialize', 'Attach'],
                description:
                  'Initialize: the array is built and synchronised before anybody uses it. Attach: a consumer is, or was last, attached on this node.',
              },
              since: {
                type: 'string',
                format: 'date-time',
              },
              formerNodeName: {
                type: 'string',
                description: 'The owner before, whose copy is the one to move when the volume moved.',
              },
            },
            additionalProperties: false,
          },
          inSync: {
            type: 'array',
            description:
              'Members that hold every acknowledged write. Shrunk before I/O goes on without a member, grown after md reports the member fully in sync. The only truth about content.',
            items: {
              type: 'object',
              required: ['partitionUUID', 'memberUUID', 'slot', 'role'],
              properties: {
                partitionUUID: {
                  type: 'string',
                },
                memberUUID: {
                  type: 'string',
                  description: "Device UUID in the member's md superblock.",
                },
                slot: {
                  type: 'integer',
                  format: 'int32',
                  description: 'Slot of the partition, which names its member map.',
                },
                role: {
                  type: 'integer',
                  format: 'int32',
                  description: 'Role md gave it; tells which members mirror each other.',
                },
                driveSession: {
                  type: 'string',
                  description:
                    "The session of its drive in which the array writes to it, where the drive's cache does not outlive it; taken away when the array has stopped and everything is on the medium.",
                },
                local: {
                  type: 'boolean',
                  description: 'Beside driveSession. It is on the node where the array runs.',
                },
              },
              additionalProperties: false,
            },
          },
          departed: {
            type: 'array',
            description:
              'Members that left the array under the present epoch. One of them can be taken back by the bitmap as long as nobody else was given its role.',
            items: {
              type: 'object',
              required: ['partitionUUID', 'memberUUID', 'slot', 'role', 'epoch'],
              properties: {
                partitionUUID: {
                  type: 'string',
                },
                memberUUID: {
                  type: 'string',
                },
                slot: {
                  type: 'integer',
                  format: 'int32',
                },
                role: {
                  type: 'integer',
                  format: 'int32',
                },
                epoch: {
                  type: 'integer',
                  format: 'int64',
                },
                driveSession: {
                  type: 'string',
                  description:
                    'Session of the drive when the member left. A drive with a volatile cache that has begun another since, and so may have lost power, is synchronised in full.',
                },
                faulty: {
                  type: 'boolean',
                  description: 'Its drive answered with errors. It is not taken back, but replaced.',
                },
              },
              additionalProperties: false,
            },
          },
          formattedAt: {
            type: 'string',
            format: 'date-time',
            description: 'When the file system was made. Its presence forbids a second mkfs.',
          },
          array: {
            type: 'object',
            description: "The md array as its owner's node sees it.",
            properties: {
              epoch: {
                type: 'integer',
                format: 'int64',
                description: 'Owner epoch under which this was observed.',
              },
              nodeName: {
                type: 'string',
              },
              uuid: {
                type: 'string',
              },
              state: {
                type: 'string',
                enum: ['Running', 'Stopped'],
              },
              createdAt: {
                type: 'string',
                format: 'date-time',
                description: 'When the array was created. Its presence forbids a second creation.',
              },
              device: {
                type: 'string',
                description: 'What consumers open.',
              },
              members: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['partitionUUID', 'state'],
                  properties: {
                    partitionUUID: {
                      type: 'string',
                    },
                    memberUUID: {
                      type: 'string',
                    },
                    slot: {
                      type: 'integer',
                      format: 'int32',
                    },
                    state: {
                      type: 'string',
                      enum: ['InSync', 'Recovering', 'Spare', 'Faulty', 'Waiting', 'Missing'],
                      description:
                        "Waiting: the member's last path is gone and I/O to it is held. Missing: expected, and not in the array.",
                    },
                  },
                  additionalProperties: false,
                },
              },
            },
            additionalProperties: false,
          },
          mdState: {
            type: 'string',
            enum: ['', 'active', 'clean', 'degraded', 'recovering', 'missing'],
            description:
              'What md does with the array. Absent while the array is meant to be stopped; missing: it is not there though it should be. clean and empty are reserved; not set by this version.',
          },
          ready: {
            type: 'string',
            description: 'activeDevices/totalDevices.',
          },
          totalDevices: {
            type: 'integer',
            format: 'int32',
            description: 'Members expected (numberOfCopies x drivesPerCopy).',
          },
          activeDevices: {
            type: 'integer',
            format: 'int32',
          },
          failedDevices: {
            type: 'integer',
            format: 'int32',
          },
          missingDevices: {
            type: 'integer',
            format: 'int32',
          },
          degradedDevices: {
            type: 'integer',
            format: 'int32',
          },
          syncPercentage: {
            type: 'string',
            description: 'For example 12.5%. Empty while nothing is being synchronised.',
          },
          partitions: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'nodeID', 'state'],
              properties: {
                name: {
                  type: 'string',
                  description: 'The MeshStorPartition.',
                },
                nodeID: {
                  type: 'string',
                },
                device: {
                  type: 'string',
                },
                partitionUUID: {
                  type: 'string',
                },
                state: {
                  type: 'string',
                  enum: [
                    'Requested',
                    'Created',
                    'Syncing',
                    'Synced',
                    'Spare',
                    'Faulty',
                    'Missing',
                    'Replacing',
                    'Deleting',
                  ],
                },
                sizeBytes: {
                  type: 'integer',
                  format: 'int64',
                },
                updatedAt: {
                  type: 'string',
                  format: 'date-time',
                  description: 'When state last changed.',
                },
              },
              additionalProperties: false,
            },
          },
          conditions: {
            type: 'array',
            items: {
              type: 'object',
              required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
              properties: {
                type: {
                  type: 'string',
                  maxLength: 316,
                },
                status: {
                  type: 'string',
                  enum: ['True', 'False', 'Unknown'],
                },
                reason: {
                  type: 'string',
                  minLength: 1,
                  maxLength: 1024,
                },
                message: {
                  type: 'string',
                  maxLength: 32768,
                },
                lastTransitionTime: {
                  type: 'string',
                  format: 'date-time',
                },
                observedGeneration: {
                  type: 'integer',
                  format: 'int64',
                  minimum: 0,
                },
              },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
} as const;
