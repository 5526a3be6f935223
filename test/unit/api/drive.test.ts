import { exclusionOf } from '../../../src/api/drive';
import type { MeshStorNodeDevice } from '../../../src/api/model';
import { silenceLimitMs } from '../../../src/api/silence';
import { aDevice } from '../volume-cluster/world';

const reported = Date.parse('2026-01-01T00:00:00Z');
const { spec, status } = aDevice('node1');
const usable = (verdict: 'True' | 'False', message = '') => ({
  ...status,
  conditions: [{ type: 'Usable', status: verdict, reason: '', message, lastTransitionTime: '' }],
});

describe('a drive takes nothing', () => {
  const at = (ms: number, change: Partial<MeshStorNodeDevice> = {}, nodeIsDead = false) =>
    exclusionOf({ ...aDevice('node1'), ...change }, nodeIsDead, reported + ms);

  test('from the moment its report is older than 60 s, and not before', () => {
    expect(at(silenceLimitMs)).toBeUndefined();
    expect(at(silenceLimitMs + 1)).toBe('was last heard of at 2026-01-01T00:00:00Z');
  });
  test('on a node that is dead, however fresh its report', () => {
    expect(at(0, {}, true)).toBe('is on a node that is not heard of');
  });
  test.each<[string, Partial<MeshStorNodeDevice>, string | undefined]>([
    ['when it is cordoned', { spec: { ...spec, cordoned: true } }, 'is cordoned'],
    ['when it is to be emptied', { spec: { ...spec, evacuate: true } }, 'is being emptied'],
    ['before its first report', { status: undefined }, 'was never reported'],
    ['when its node cannot use it', { status: usable('False', 'Mounted at /.') }, 'cannot be used: Mounted at /.'],
    ['before its node judged it', { status: { ...status, conditions: [] } }, 'cannot be used: not checked yet'],
    ['without a reason', { status: usable('True') }, undefined],
  ])('%s', (_, change, excluded) => {
    expect(at(0, change)).toBe(excluded);
  });
});
