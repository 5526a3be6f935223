import fc from 'fast-check';
import { isVolumeName, volumeNameFor } from '../../../src/api/names';
import { capacityOf, satisfies } from '../../../src/csi/request/capacity';
import { anyVolumeId, nodeId, requestedName, volumeId } from '../../../src/csi/request/ids';
import { path } from '../../../src/csi/request/paths';
import { topologyOf } from '../../../src/csi/request/topology';
import { failure } from '../../support/csi/failure';

const MiB = 1024 ** 2;

const invalid = (words: string) => failure('INVALID_ARGUMENT', words);

const hostile: [string, string][] = [
  ['a climbing path', '../../etc'],
  ['a slash', 'a/b'],
  ['a newline', 'pvc\n1'],
  ['a NUL', 'pvc\0'],
  ['an escape sequence', '\u001b[2J'],
  ['300 characters', 'a'.repeat(300)],
];

describe('names and ids', () => {
  it.each(hostile)('%s is no name for CreateVolume', (_, name) => {
    expect(() => requestedName(name)).toThrow(invalid('name "'));
  });

  it.each([...hostile, ['a leading dash', '-rf'], ['upper case', 'PVC'], ['a member map', 'a-m0']])(
    '%s is INVALID_ARGUMENT where a volume must be named, and no volume elsewhere',
    (_, id) => {
      expect(() => volumeId(id)).toThrow(invalid('volume_id "'));
      expect(anyVolumeId(id)).toBeUndefined();
    },
  );

  it('names the field that is missing', () => {
    expect(() => requestedName('')).toThrow(invalid('name is missing'));
    expect(() => volumeId('')).toThrow(invalid('volume_id is missing'));
    expect(() => anyVolumeId('')).toThrow(invalid('volume_id is missing'));
    expect(() => nodeId('')).toThrow(invalid('node_id is missing'));
    expect(() => path('target_path', '')).toThrow(invalid('target_path is missing'));
  });

  it('counts bytes, not characters', () => {
    expect(requestedName('ü'.repeat(64))).toBe('ü'.repeat(64));
    expect(() => requestedName('ü'.repeat(65))).toThrow(invalid('130 bytes long; at most 128'));
  });

  it('never puts raw control characters or more than a line of a hostile name into a message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        try {
          expect(isVolumeName(volumeNameFor(requestedName(name)))).toBe(true);
        } catch (error) {
          const { message } = error as Error;
          // eslint-disable-next-line no-control-regex
          expect(message).not.toMatch(/[\u0000-\u001f]/);
          expect(message.length).toBeLessThan(700);
        }
      }),
    );
  });

  it.each([['n1'], ['node-1.example.com']])('%s is a node', (name) => expect(nodeId(name)).toBe(name));
  it.each([...hostile, ['a leading dash', '-n'], ['upper case', 'N1'], ['an empty label', 'a..b']])(
    '%s is not a node',
    (_, name) => expect(() => nodeId(name)).toThrow(invalid('node_id "')),
  );
});

describe('paths', () => {
  it.each([['/var/lib/kubelet/pods/a b/mount'], ['/x'], ['/..a/b..']])('%s is one', (given) => {
    expect(path('p', given)).toBe(given);
  });

  it.each([
    ['relative/path', 'is not absolute'],
    ['/', 'is the root directory'],
    ['/a/../b', 'contains ".."'],
    ['/a/..', 'contains ".."'],
    ['/a//b', 'is not normalised'],
    ['/a/./b', 'is not normalised'],
    ['/a/', 'is not normalised'],
    ['/a\nb', 'control characters'],
    ['/a\0', 'control characters'],
    [`/${'a'.repeat(4095)}`, 'is longer than 4095 bytes'],
  ])('%.20j is none', (given, words) => {
    expect(() => path('target_path', given)).toThrow(invalid('target_path "'));
    expect(() => path('target_path', given)).toThrow(invalid(words));
  });
});

describe('capacity', () => {
  const capacity = (required: string, limit = '0', drives = 1) =>
    capacityOf({ requiredBytes: required, limitBytes: limit }, drives);

  it.each([
    ['nothing asked for', '0', '0', 1, 512 * MiB],
    ['the minimum', `${512 * MiB}`, '0', 1, 512 * MiB],
    ['a byte more', `${512 * MiB + 1}`, '0', 1, 513 * MiB],
    ['exactly the limit', `${600 * MiB}`, `${600 * MiB}`, 1, 600 * MiB],
    ['a limit only', '0', `${512 * MiB}`, 1, 512 * MiB],
    ['three drives', `${512 * MiB}`, '0', 3, 513 * MiB],
  ])('%s gives whole MiB of every drive', (_, required, limit, drives, expected) => {
    expect(capacity(required, limit, drives)).toBe(expected);
  });

  it.each([
    ['one byte', '1', '0', 1, invalid('the minimum volume is 512 MiB')],
    ['just under the minimum', `${512 * MiB - 1}`, '0', 1, invalid('the minimum volume is 512 MiB')],
    ['a negative size', '-1', '0', 1, failure('OUT_OF_RANGE', 'must not be negative')],
    ['a negative limit', '0', '-1', 1, failure('OUT_OF_RANGE', 'must not be negative')],
    ['a limit under the size', `${2 ** 30}`, `${2 ** 30 - 1}`, 1, failure('OUT_OF_RANGE', 'is smaller than')],
    ['a limit under the minimum', '0', '1024', 1, failure('OUT_OF_RANGE', 'over limit_bytes 1024')],
    ['a limit that rounding passes', `${512 * MiB + 1}`, `${512 * MiB + 2}`, 1, failure('OUT_OF_RANGE', 'over limit')],
    ['a limit that striping passes', `${512 * MiB}`, `${512 * MiB}`, 3, failure('OUT_OF_RANGE', 'over limit')],
    ['more than a number holds', `${2n ** 63n - 1n}`, '0', 1, failure('OUT_OF_RANGE', 'the maximum volume is')],
  ])('%s is refused', (_, required, limit, drives, error) => {
    expect(() => capacity(required, limit, drives)).toThrow(error);
  });

  it('is never less than asked for, never over the limit, and answers itself when asked again', () => {
    const sizes = fc.bigInt({ min: 0n, max: 2n ** 54n });
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 1, max: 8 }), (required, limit, drives) => {
        const range = { requiredBytes: `${required}`, limitBytes: `${limit}` };
        let bytes: number;
        try {
          bytes = capacityOf(range, drives);
        } catch (error) {
          expect(['OUT_OF_RANGE', 'INVALID_ARGUMENT']).toContain((error as { code: string }).code);
          return;
        }
        expect(satisfies(bytes, range)).toBe(true);
        expect(capacityOf({ requiredBytes: `${bytes}`, limitBytes: `${bytes}` }, drives)).toBe(bytes);
      }),
    );
  });
});

describe('topology', () => {
  const node = (name: string) => ({ segments: { 'topology.csi.meshstor.io/node': name } });

  it('says nothing when nothing is required, or nothing that MeshStor knows', () => {
    expect(topologyOf(undefined)).toEqual({});
    expect(topologyOf({ requisite: [], preferred: [] })).toEqual({});
    expect(topologyOf({ requisite: [{ segments: { rack: 'r' } }], preferred: [{ segments: {} }] })).toEqual({});
  });

  it('takes requisite nodes as no restriction', () => {
    expect(topologyOf({ requisite: [node('n1'), node('n2')], preferred: [] })).toEqual({});
  });

  it('keeps the best preferred nodes of a large cluster, in order', () => {
    const preferred = Array.from({ length: 5000 }, (_, index) => node(`n${index}`));
    const { topology, firstNode } = topologyOf({ requisite: [], preferred });
    expect(firstNode).toBe('n0');
    expect(topology!.preferred).toHaveLength(32);
    expect(topology!.preferred![31]).toEqual({ 'topology.csi.meshstor.io/node': 'n31' });
  });

  it.each([[''], ['a\nb'], ['x'.repeat(254)]])('refuses the segment %.10j', (name) => {
    expect(() => topologyOf({ requisite: [], preferred: [node(name)] })).toThrow(invalid('topology segment'));
  });
});
