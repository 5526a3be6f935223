import { listAt, type JsonObject } from '../../../../src/sim/apiserver/object/json';
import type { RawAnswer } from '../raw';
import { collection, configMap, configMaps, widget, type Subject } from './subject';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

const heads = ({ body }: RawAnswer): unknown[] =>
  (listAt(body, 'columnDefinitions') as JsonObject[]).map(({ name, type, priority }) => [name, type, priority]);
const rows = ({ body }: RawAnswer): JsonObject[] => listAt(body, 'rows') as JsonObject[];

/** Tables, as kubectl asks for them. */
export function tables(subject: () => Subject): void {
  const raw = () => subject().raw;
  const path = (name = '') => collection(subject()) + (name && `/${name}`);

  test('a custom resource has its own columns', async () => {
    await raw().post(path(), widget('table', { size: 3 }));
    const status = { phase: 'New', seen: new Date().toISOString(), conditions: [{ type: 'Ready', status: 'True' }] };
    await raw().merge(path('table/status'), { status });
    const shown = await raw().get(path('table'), { accept: table });
    expect(shown.body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect(heads(shown)).toEqual([
      ['Name', 'string', 0],
      ['Size', 'integer', 0],
      ['Phase', 'string', 0],
      ['Ready', 'string', 0],
      ['Colour', 'string', 1],
      ['Seen', 'date', 0],
    ]);
    expect(rows(shown)[0]!.cells).toEqual(['table', 3, 'New', 'True', 'red', expect.stringMatching(/^\d+s$/)]);
    expect(rows(shown)[0]!.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'table' } });
  });

  test('what is not set shows nothing', async () => {
    await raw().post(path(), widget('empty', { size: 3 }));
    const shown = await raw().get(path('empty'), { accept: table });
    expect(rows(shown)[0]!.cells).toEqual(['empty', 3, null, null, 'red', null]);
  });

  test('rows carry as much of the object as is asked for', async () => {
    await raw().post(configMaps(subject()), configMap('carried', { a: '1' }));
    const at = `${configMaps(subject())}/carried`;
    const whole = await raw().get(`${at}?includeObject=Object`, { accept: table });
    expect(rows(whole)[0]!.object).toMatchObject({ data: { a: '1' } });
    const none = await raw().get(`${at}?includeObject=None`, { accept: table });
    expect(rows(none)[0]!.object).toBeNull();
  });

  test('bare metadata can be had as well', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
    const list = await raw().get(path(), { accept });
    expect(list.body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
    expect(listAt(list.body, 'items')[0]).not.toHaveProperty('spec');
  });
}
