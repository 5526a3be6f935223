import { specProblems } from '../../../src/api/validate';
import { aVolume } from '../../support/objects';

const migration = { volumeName: 'pvc-1', type: 'Member', reason: 'User' };

describe('a spec', () => {
  test('that fits its kind has no problems', () => {
    expect(specProblems('MeshStorVolume', aVolume().spec)).toEqual([]);
    expect(specProblems('MeshStorMigration', migration)).toEqual([]);
  });

  test.each<[string, object, RegExp]>([
    ['lacks a field', { type: 'Member' }, /^spec must have required property 'volumeName'$/],
    ['has a field that nobody knows', { ...migration, wings: 2 }, /^spec must NOT have additional properties: wings$/],
    ['has a value out of a list', { ...migration, type: 'Flight' }, /^spec\.type .*allowed values: Member, Live$/],
    ['has a value of another type', { ...migration, volumeName: 7 }, /^spec\.volumeName must be string$/],
  ])('that %s is told so, by name', (_, spec, said) => {
    expect(specProblems('MeshStorMigration', spec)).toEqual([expect.stringMatching(said)]);
  });

  test('is told all its problems at once', () => {
    expect(specProblems('MeshStorVolume', { ...aVolume().spec, numberOfCopies: 0, fsType: 'ntfs' })).toHaveLength(2);
  });
});
