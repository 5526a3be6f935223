import { readCrds, type SchemaNode } from '../../../scripts/generate/schema';
import { minimumVolumeBytes } from '../../../src/api/layout';
import { wantedVolume } from '../../../src/csi/controller/wanted';
import { fsTypes, parametersOf } from '../../../src/csi/request/parameters';
import { create } from '../../support/csi/requests';
import { failure } from '../../support/csi/failure';

const { schema } = readCrds('crds').find(({ kind }) => kind === 'MeshStorVolume')!;
const fields = schema.properties!.spec!.properties!;
const withDefault = Object.entries(fields).filter(([, field]) => field.default !== undefined);
const bounded = Object.entries(fields).filter(
  ([name, { minimum, maximum }]) => name in parametersOf({}) && minimum !== undefined && maximum !== undefined,
);

describe('what CreateVolume takes is what the schema of the volume takes', () => {
  it('in its defaults', () => {
    const defaults = Object.fromEntries(withDefault.map(([name, field]) => [name, field.default]));
    expect(Object.keys(defaults)).toEqual(expect.arrayContaining(['numberOfCopies', 'fsType', 'followConsumer']));
    expect(wantedVolume(create()).spec).toMatchObject(defaults);
  });

  it('in the parameters that have bounds', () => {
    expect(bounded.map(([name]) => name)).toEqual(['numberOfCopies', 'drivesPerCopy', 'memberMissingTimeout']);
  });

  it.each(bounded)('in the least and the most %s', (name, { minimum, maximum }: SchemaNode) => {
    for (const value of [minimum!, maximum!])
      expect(parametersOf({ [name]: `${value}` })).toMatchObject({ [name]: value });
    for (const value of [minimum! - 1, maximum! + 1]) {
      expect(() => parametersOf({ [name]: `${value}` })).toThrow(
        failure('INVALID_ARGUMENT', `a whole number from ${minimum} to ${maximum}`),
      );
    }
  });

  it('in the sector sizes', () => {
    const sizes = fields.sectorSize!.enum!;
    expect(sizes.map((size) => parametersOf({ sectorSize: String(size) }).sectorSize)).toEqual(sizes);
    expect(() => parametersOf({ sectorSize: '520' })).toThrow(
      failure('INVALID_ARGUMENT', `give ${sizes.map((size) => `"${String(size)}"`).join(' or ')}`),
    );
  });

  it('in the file systems', () => {
    expect(fsTypes).toEqual(fields.fsType!.enum);
  });

  it('in the size of the smallest volume', () => {
    expect(fields.capacityBytes!.minimum).toBe(minimumVolumeBytes);
  });
});
