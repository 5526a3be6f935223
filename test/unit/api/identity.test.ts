import fc from 'fast-check';
import {
  arrayUUID,
  diskGUID,
  exportNQN,
  fileSystemUUID,
  hostIdentity,
  mdUUID,
  namespaceUUID,
  parseExportNQN,
  partitionLabel,
  partitionUUID,
  uuid5,
} from '../../../src/api/identity';

const volume = '3f1c2d4e-0000-4000-8000-000000000001';
const partition = '9091b8a8-2745-5453-9b7c-bb33b07d9190';

test('a name-based UUID is the one RFC 9562 gives as its example', () => {
  expect(uuid5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

// These stand on disks and on the wire. A release that computes another one loses the volumes of the last.
test.each<[string, string, string]>([
  ['partition in slot 0', partitionUUID(volume, 0), partition],
  ['partition in slot 1', partitionUUID(volume, 1), '26db1c13-b97c-50ce-9ca4-27972f0e1952'],
  ['partition in slot 10', partitionUUID(volume, 10), '28a2e125-789e-51c3-99fd-debb79fe210b'],
  ['array', arrayUUID(volume), '9705e738-aef4-5417-a85f-68fc49ceb21e'],
  ['array as mdadm writes it', mdUUID(arrayUUID(volume)), '9705e738:aef45417:a85f68fc:49ceb21e'],
  ['file system', fileSystemUUID(volume), 'c9c5427c-7fd7-59ac-898f-e0e3ff4ed39a'],
  ['partition table of a drive', diskGUID('uuid.00000000-1111'), 'd8a06c91-c252-570b-8aa9-9f3b47a50351'],
  ['label of a partition', partitionLabel(volume), 'meshstor:3f1c2d4e0000400080000000'],
  ['export', exportNQN(volume, partition, 7), `nqn.2026-01.io.meshstor:${volume}:${partition}:e7`],
  [
    'export in a session',
    exportNQN(volume, partition, 7, 'boot.1'),
    `nqn.2026-01.io.meshstor:${volume}:${partition}:e7:s46fb6f96`,
  ],
  ['namespace', namespaceUUID(partition, 7), '878fc43f-9bf3-53ac-b6f1-900baf7e99b9'],
  ['namespace of the next epoch', namespaceUUID(partition, 8), '1e210b3e-9e8e-5858-b1ca-0b8630c2a47e'],
  ['host', hostIdentity('node1').hostID, 'ba6d61fe-9344-5f9f-963a-53caabbdc5ae'],
  [
    'host on the wire',
    hostIdentity('node1').hostNQN,
    'nqn.2014-08.org.nvmexpress:uuid:ba6d61fe-9344-5f9f-963a-53caabbdc5ae',
  ],
])('the identity of a %s never changes between releases', (_, computed, golden) => {
  expect(computed).toBe(golden);
});

test('two volumes, two slots and two kinds of thing never share an identity', () => {
  const ofAll = (uid: string) => [
    ...[0, 1, 2].map((slot) => partitionUUID(uid, slot)),
    arrayUUID(uid),
    fileSystemUUID(uid),
  ];
  const property = fc.property(fc.uuid(), fc.uuid(), (one, other) => {
    fc.pre(one !== other);
    expect(new Set([...ofAll(one), ...ofAll(other)]).size).toBe(10);
  });
  fc.assert(property);
});

describe('the NQN of an export', () => {
  const epochs = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  test('names volume, partition and epoch, and they can be read back, whatever session it is of', () => {
    const sessions = fc.option(fc.string(), { nil: undefined });
    const property = fc.property(fc.uuid(), fc.uuid(), epochs, sessions, (volumeUID, partitionUUID, epoch, session) => {
      const nqn = exportNQN(volumeUID, partitionUUID, epoch, session);
      expect(parseExportNQN(nqn)).toEqual({ volumeUID, partitionUUID, epoch });
      expect(nqn.length).toBeLessThanOrEqual(223);
    });
    fc.assert(property);
  });
  test.each([
    '',
    'nqn.2014-08.org.nvmexpress.discovery',
    `nqn.2026-01.io.meshstor:${volume}:${partition}`,
    `nqn.2026-01.io.meshstor:${volume}:${partition}:e`,
    `nqn.2026-01.io.meshstor:${volume}:${partition}:e-1`,
    `nqn.2026-01.io.meshstor:${volume}:${partition}:e1 `,
    `nqn.2026-01.io.meshstor:${volume}:${partition}:e1\nx`,
    `xnqn.2026-01.io.meshstor:${volume}:${partition}:e1`,
    `nqn.2026-01xio.meshstor:${volume}:${partition}:e1`,
    `nqn.2026-01.io.meshstor:../../x:${partition}:e1`,
    `nqn.2026-01.io.meshstor:${volume}:${partition.toUpperCase()}:e1`,
  ])('of somebody else is not taken for one of ours: %j', (nqn) => {
    expect(parseExportNQN(nqn)).toBeUndefined();
  });
});

test('a GPT partition name holds 36 characters, and the label of any volume fits', () => {
  fc.assert(fc.property(fc.uuid(), (uid) => expect(partitionLabel(uid)).toHaveLength(33)));
});
