import { decide, type View } from '../../../src/controllers/partition/decide';
import { hostIdentity } from '../../../src/api/identity';
import { Transport } from '../../../src/host/gen/host';
import { volumeUID } from '../../support/objects';
import { anExport, deleting, endpoint, made, onDrive, uuid, wish } from './objects';

function look(given: Partial<View>): View {
  return {
    partition: made(),
    nodeName: 'node2',
    found: onDrive(),
    endpoint,
    keep: undefined,
    wiped: false,
    made: false,
    unserved: false,
    ...given,
  };
}

/** The rule, what is done, and what stands in the way. */
function steps(given: Partial<View>): (string | undefined)[] {
  const { rule, actions, obstacle } = decide(look(given));
  const words = actions.map((action) => {
    switch (action.verb) {
      case 'unexport':
        return `unexport ${action.nqn.split(':').at(-1)}`;
      case 'export':
        return `export ${action.wanted.nqn.split(':').at(-1)}`;
      case 'wipe':
        return `wipe from ${action.offset}`;
      default:
        return action.verb;
    }
  });
  return [rule, ...words, ...(obstacle ? [obstacle.reason] : [])];
}

const gone = made({ metadata: deleting });
const keep = { reason: 'StillInSync', message: 'it is needed' };

describe('P1: a partition that is being deleted', () => {
  test.each<[string, Partial<View>, string[]]>([
    [
      'loses its exports first',
      { found: onDrive({ exports: [anExport(1), anExport(2)] }) },
      ['unexport e1', 'unexport e2'],
    ],
    [
      'loses its exports even while the array of this node holds it',
      { found: onDrive({ exports: [anExport(1)], heldByVolumeUid: volumeUID }) },
      ['unexport e1'],
    ],
    ['waits for the array of this node', { found: onDrive({ heldByVolumeUid: volumeUID }) }, ['HeldLocally']],
    ['is erased before its space is offered again', {}, ['wipe from 0']],
    ['loses its entry when it is erased', { wiped: true }, ['deleteEntry']],
    ['lets go of its object when it is not on the drive', { found: { state: 'absent' } }, ['dropFinalizer']],
    [
      'never lets go of its object while its content is on a drive that is away',
      { found: { state: 'driveGone' }, unserved: true },
      ['DriveGone'],
    ],
    ['is served no more once its drive is away', { found: { state: 'driveGone' } }, ['unexport e1']],
    [
      'lets go of its object when it never was on the drive that is away',
      { partition: wish({ metadata: deleting, status: { state: 'Requested' } }), found: { state: 'driveGone' } },
      ['dropFinalizer'],
    ],
    [
      'lets go of its object when its node never saw it',
      { partition: wish({ metadata: deleting }), found: { state: 'driveGone' } },
      ['dropFinalizer'],
    ],
  ])('%s', (_, given, expected) => {
    expect(steps({ partition: gone, ...given })).toEqual(['P1', ...expected]);
  });

  test('is erased from where an earlier pass came to', () => {
    const partition = { ...gone, status: { ...gone.status, wipe: { state: 'Running' as const, bytesDone: 7 } } };
    expect(steps({ partition })).toEqual(['P1', 'wipe from 7']);
  });
  test('is left alone while its drive cannot be read', () => {
    expect(steps({ partition: gone, found: { state: 'unreadable', why: 'no answer' } })).toEqual([
      'P2',
      'DriveUnreadable',
    ]);
  });
  test('is kept, and told so, while its volume counts on it', () => {
    const found = onDrive({ exports: [anExport()] });
    expect(steps({ partition: gone, found, keep })).toEqual(['P1', 'StillInSync']);
  });
  test('serves the next epoch while it is kept, because the next owner counts on it too', () => {
    const partition = made({ metadata: deleting, spec: { epoch: 2 } });
    expect(steps({ partition, keep, found: onDrive({ exports: [anExport(1)] }) })).toEqual(['P3', 'unexport e1']);
    expect(steps({ partition, keep })).toEqual(['P5', 'export e2']);
    expect(decide(look({ partition, keep, found: onDrive({ exports: [anExport(2)] }) }))).toMatchObject({
      settled: true,
      obstacle: keep,
    });
  });
  test('is never made anew while it is kept', () => {
    expect(steps({ partition: gone, keep, found: { state: 'absent' }, unserved: true })).toEqual([
      'P2',
      'PartitionLost',
    ]);
  });
});

describe('P2: a partition that is not on the drive', () => {
  test('is made with the identity, the drive, the label and the size that were planned', () => {
    expect(decide(look({ partition: wish(), found: { state: 'absent' } }))).toEqual({
      rule: 'P2',
      actions: [
        {
          verb: 'create',
          request: {
            uuid,
            driveId: 'uuid.node2-nvme0n1',
            label: 'meshstor:3f1c2d4e0000400080000000',
            sizeBytes: wish().spec.sizeBytes,
          },
        },
      ],
      settled: false,
    });
  });
  test.each<[string, Partial<View>, string[]]>([
    [
      'is made after an earlier refusal',
      { partition: wish({ status: { state: 'Requested' } }), found: { state: 'absent' } },
      ['create'],
    ],
    ['is not made on another drive', { partition: wish(), found: { state: 'driveGone' } }, ['DriveNotFound']],
    [
      'is not made while its drive cannot be read: it may be there',
      { partition: wish(), found: { state: 'unreadable', why: 'no answer' } },
      ['DriveUnreadable'],
    ],
    ['is never made anew: its content is lost', { found: { state: 'absent' }, unserved: true }, ['PartitionLost']],
    ['is expected back with its drive', { found: { state: 'driveGone' }, unserved: true }, ['DriveGone']],
    ['and was served is served no more: whoever writes would wait', { found: { state: 'absent' } }, ['unexport e1']],
    ['and whose drive is away is served no more', { found: { state: 'driveGone' } }, ['unexport e1']],
    [
      'is served no more under an epoch that was not confirmed yet either',
      { partition: made({ spec: { epoch: 2 } }), found: { state: 'driveGone' } },
      ['unexport e1', 'unexport e2'],
    ],
    [
      'is served no more under any of them, without an address too',
      { partition: made({ spec: { epoch: 2 } }), found: { state: 'driveGone' }, endpoint: undefined },
      ['unexport e1', 'unexport e2'],
    ],
    [
      'is expected back when it was made a moment ago, and not reported yet',
      { partition: wish(), made: true, unserved: true, found: { state: 'driveGone' } },
      ['DriveGone'],
    ],
  ])('%s', (_, given, expected) => {
    expect(steps(given)).toEqual(['P2', ...expected]);
  });
});

describe('P3: exports of another epoch', () => {
  const second = made({ spec: { epoch: 2 } });
  test.each<[string, Partial<View>, string[]]>([
    [
      'end before this epoch is served',
      { partition: second, found: onDrive({ exports: [anExport(1)] }) },
      ['unexport e1'],
    ],
    [
      'end although this epoch is served already',
      { partition: second, found: onDrive({ exports: [anExport(1), anExport(2)] }) },
      ['unexport e1'],
    ],
    [
      'end when nobody is to be served',
      { partition: made({ spec: { epoch: 2, importers: [] } }), found: onDrive({ exports: [anExport(1)] }) },
      ['unexport e1'],
    ],
    [
      'end although the address of this node is not known',
      { partition: second, endpoint: undefined, found: onDrive({ exports: [anExport(1)] }) },
      ['unexport e1'],
    ],
    [
      'end although the array of this node holds the partition',
      { partition: second, found: onDrive({ exports: [anExport(1)], heldByVolumeUid: volumeUID }) },
      ['unexport e1'],
    ],
    [
      'end when they are nothing this program would make',
      { found: onDrive({ exports: [anExport(1, { nqn: 'nqn.x' })] }) },
      ['unexport nqn.x'],
    ],
    [
      'that is later show that the object seen is old: nothing is touched',
      { found: onDrive({ exports: [anExport(1), anExport(2)] }) },
      ['StaleView'],
    ],
    [
      'that is later is not touched for an old wish without importers either',
      { partition: made({ spec: { importers: [] } }), found: onDrive({ exports: [anExport(2)] }) },
      ['StaleView'],
    ],
  ])('%s', (_, given, expected) => {
    expect(steps(given)).toEqual(['P3', ...expected]);
  });
});

test('P4: a partition that the array of this node holds is not exported', () => {
  expect(steps({ found: onDrive({ heldByVolumeUid: volumeUID }) })).toEqual(['P4', 'HeldLocally']);
});

describe('P5: a partition with importers', () => {
  test('is exported to exactly their hosts, in any order of the wish', () => {
    const hosts = ['node1', 'node3'].map((node) => hostIdentity(node).hostNQN).sort();
    for (const importers of [
      ['node1', 'node3'],
      ['node3', 'node1'],
    ]) {
      const [action] = decide(look({ partition: made({ spec: { importers } }) })).actions;
      expect(action).toMatchObject({ verb: 'export', wanted: { hostNQNs: hosts, endpoint } });
      const found = onDrive({ exports: [anExport(1, { hostNqns: [...hosts].reverse() })] });
      expect(steps({ partition: made({ spec: { importers } }), found })).toEqual([undefined]);
    }
  });
  test.each<[string, Partial<View>, (string | undefined)[]]>([
    ['is exported under its epoch', {}, ['P5', 'export e1']],
    ['waits until the address of this node is known', { endpoint: undefined }, ['P5', 'NoAddress']],
    ['is left alone when it is served as it should be', { found: onDrive({ exports: [anExport()] }) }, [undefined]],
    [
      'is left alone where it is served when the address of this node is not known any more',
      { endpoint: undefined, found: onDrive({ exports: [anExport()] }) },
      [undefined],
    ],
    [
      'is exported anew where it is served when only other hosts may reach it, without an address too',
      { endpoint: undefined, found: onDrive({ exports: [anExport(1, { hostNqns: ['nqn.x'] })] }) },
      ['P5', 'export e1'],
    ],
    [
      'is exported anew when the export is fenced',
      { found: onDrive({ exports: [anExport(1, { fenced: true })] }) },
      ['P5', 'export e1'],
    ],
    [
      'is exported anew when the namespace differs',
      { found: onDrive({ exports: [anExport(1, { namespaceUuid: 'x' })] }) },
      ['P5', 'export e1'],
    ],
    [
      'is exported anew when another host may reach it',
      { found: onDrive({ exports: [anExport(1, { hostNqns: ['nqn.x'] })] }) },
      ['P5', 'export e1'],
    ],
    [
      'is exported anew when one host too many may reach it',
      { found: onDrive({ exports: [anExport(1, { hostNqns: [hostIdentity('node1').hostNQN, 'nqn.x'] })] }) },
      ['P5', 'export e1'],
    ],
    [
      'is exported anew when this node got another address',
      { endpoint: { ...endpoint, address: '10.0.0.9' }, found: onDrive({ exports: [anExport()] }) },
      ['P5', 'export e1'],
    ],
    [
      'is exported anew when the port differs',
      { endpoint: { ...endpoint, port: 1 }, found: onDrive({ exports: [anExport()] }) },
      ['P5', 'export e1'],
    ],
    [
      'is exported anew when the transport differs',
      { endpoint: { ...endpoint, transport: Transport.RDMA }, found: onDrive({ exports: [anExport()] }) },
      ['P5', 'export e1'],
    ],
  ])('%s', (_, given, expected) => {
    expect(steps(given)).toEqual(expected);
  });
});

describe('P6: a partition without importers', () => {
  const unshared = [made({ spec: { importers: [] } }), made({ spec: { importers: undefined } })];
  test.each(unshared)('loses the export of this very epoch', (partition) => {
    expect(steps({ partition, found: onDrive({ exports: [anExport(1)] }) })).toEqual(['P6', 'unexport e1']);
  });
  test.each(unshared)('loses it without an address too', (partition) => {
    expect(steps({ partition, endpoint: undefined, found: onDrive({ exports: [anExport(1)] }) })).toEqual([
      'P6',
      'unexport e1',
    ]);
  });
  test.each(unshared)('is left alone when it has no export, held by an array or not', (partition) => {
    expect(steps({ partition })).toEqual([undefined]);
    expect(steps({ partition, found: onDrive({ heldByVolumeUid: volumeUID }) })).toEqual([undefined]);
  });
});

test('P7: only a partition at which nothing is left to do, and nothing stands in the way, is settled', () => {
  const settled = (given: Partial<View>) => decide(look(given)).settled;
  expect(settled({ found: onDrive({ exports: [anExport()] }) })).toBe(true);
  expect(settled({ partition: made({ spec: { importers: [] } }) })).toBe(true);
  expect(settled({})).toBe(false);
  expect(settled({ endpoint: undefined })).toBe(false);
  expect(settled({ found: onDrive({ heldByVolumeUid: volumeUID }) })).toBe(false);
  expect(settled({ found: { state: 'unreadable', why: '' } })).toBe(false);
  expect(settled({ partition: gone })).toBe(false);
});
