import { parametersOf } from '../../../src/csi/request/parameters';
import { failure } from '../../support/csi/failure';

const known = 'numberOfCopies, replicaCount, drivesPerCopy, stripeWidth, memberMissingTimeout, sectorSize, migratable';

describe('StorageClass parameters', () => {
  it('have the defaults of the volume', () => {
    expect(parametersOf({})).toEqual({
      numberOfCopies: 2,
      drivesPerCopy: 1,
      memberMissingTimeout: 900,
      migratable: false,
    });
  });

  it.each([
    [{ numberOfCopies: '1' }, { numberOfCopies: 1 }],
    [{ numberOfCopies: '8' }, { numberOfCopies: 8 }],
    [{ replicaCount: '3' }, { numberOfCopies: 3 }],
    [{ replicaCount: '3', numberOfCopies: '3' }, { numberOfCopies: 3 }],
    [{ drivesPerCopy: '8' }, { drivesPerCopy: 8 }],
    [{ stripeWidth: '4' }, { drivesPerCopy: 4 }],
    [{ memberMissingTimeout: '60' }, { memberMissingTimeout: 60 }],
    [{ memberMissingTimeout: '604800' }, { memberMissingTimeout: 604_800 }],
    [{ sectorSize: '512' }, { sectorSize: 512 }],
    [{ sectorSize: '4096' }, { sectorSize: 4096 }],
    [{ migratable: 'true' }, { migratable: true }],
    [{ migratable: 'false' }, { migratable: false }],
    [{ 'csi.storage.k8s.io/fstype': 'ext4' }, { fsType: 'ext4' }],
    [{ 'csi.storage.k8s.io/fstype': 'xfs' }, { fsType: 'xfs' }],
    [{ 'csi.storage.k8s.io/pvc/name': 'claim', 'csi.storage.k8s.io/whatever': '' }, {}],
  ])('%j mean %j', (given, expected) => {
    expect(parametersOf(given as Record<string, string>)).toMatchObject(expected);
  });

  it.each([
    [{ numberOfCopies: '0' }, 'parameter numberOfCopies: "0" is not allowed; give a whole number from 1 to 8'],
    [{ numberOfCopies: '9' }, 'numberOfCopies: "9"'],
    [{ numberOfCopies: '-1' }, 'numberOfCopies: "-1"'],
    [{ numberOfCopies: '2.5' }, 'numberOfCopies: "2.5"'],
    [{ numberOfCopies: ' 2' }, 'numberOfCopies: " 2"'],
    [{ numberOfCopies: '1e0' }, 'numberOfCopies: "1e0"'],
    [{ numberOfCopies: '0x2' }, 'numberOfCopies: "0x2"'],
    [{ numberOfCopies: '' }, 'numberOfCopies: ""'],
    [{ numberOfCopies: 'two' }, 'numberOfCopies: "two"'],
    [{ replicaCount: '0' }, 'parameter replicaCount: "0" is not allowed; give a whole number from 1 to 8'],
    [{ stripeWidth: '9' }, 'parameter stripeWidth: "9" is not allowed; give a whole number from 1 to 8'],
    [
      { memberMissingTimeout: '59' },
      'memberMissingTimeout: "59" is not allowed; give a whole number from 60 to 604800',
    ],
    [{ memberMissingTimeout: '604801' }, 'memberMissingTimeout: "604801"'],
    [{ memberMissingTimeout: '1'.repeat(400) }, 'memberMissingTimeout: "1111'],
    [{ sectorSize: '1024' }, 'parameter sectorSize: "1024" is not allowed; give "512" or "4096"'],
    [{ migratable: 'yes' }, 'parameter migratable: "yes" is not allowed; give "true" or "false"'],
    [{ migratable: 'True' }, 'migratable: "True"'],
    [
      { 'csi.storage.k8s.io/fstype': 'btrfs' },
      'csi.storage.k8s.io/fstype: "btrfs" is not allowed; give "xfs" or "ext4"',
    ],
    [{ numberOfCopies: '2\n; rm' }, '"2\\n; rm"'],
    [
      { replicaCount: '3', numberOfCopies: '2' },
      'parameters numberOfCopies ("2") and replicaCount ("3") mean the same and differ; give one of them',
    ],
    [{ stripeWidth: '1', drivesPerCopy: '2' }, 'parameters drivesPerCopy ("2") and stripeWidth ("1") mean the same'],
  ])('%j are INVALID_ARGUMENT, naming parameter, value and what is allowed', (given, words) => {
    const parse = () => parametersOf(given);
    expect(parse).toThrow(failure('INVALID_ARGUMENT', words));
  });

  it.each([
    ['numberOfCopy', 'did you mean numberOfCopies? '],
    ['numberofcopies', 'did you mean numberOfCopies? '],
    ['replicas', ''],
    ['sectorsize', 'did you mean sectorSize? '],
    ['migrateable', 'did you mean migratable? '],
    ['fsType', ''],
    ['constructor', ''],
    ['x'.repeat(5000), ''],
  ])('%.20s is unknown, and the answer lists those that are known', (name, hint) => {
    expect(() => parametersOf({ [name]: '1' })).toThrow(
      failure('INVALID_ARGUMENT', `is unknown; ${hint}the parameters are ${known}`),
    );
  });
});
