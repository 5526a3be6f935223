import type { Condition } from '../../../src/api/meta';
import { Conditions } from '../../../src/runtime/conditions';

const types = ['Ready', 'Redundant'];
const earlier = '2026-01-01T00:00:00Z';
const now = '2026-01-02T00:00:00Z';
const was = (type: string, status: Condition['status'], more: Partial<Condition> = {}): Condition => ({
  type,
  status,
  reason: 'Before',
  message: 'as it was',
  lastTransitionTime: earlier,
  ...more,
});

describe('Conditions', () => {
  it('report what was not observed as unknown, whatever it was before', () => {
    const report = new Conditions(types)
      .set('Ready', 'True', 'Fine', 'all well')
      .report([was('Redundant', 'True')], now);
    expect(report).toEqual([
      { type: 'Ready', status: 'True', reason: 'Fine', message: 'all well', lastTransitionTime: now },
      expect.objectContaining({ type: 'Redundant', status: 'Unknown', reason: 'NotObserved', lastTransitionTime: now }),
    ]);
  });

  it('keep the time of the last transition while the status is the same, whatever the words are', () => {
    const same = new Conditions(['Ready'])
      .set('Ready', 'False', 'Other', 'other words')
      .report([was('Ready', 'False')], now);
    expect(same).toMatchObject([{ reason: 'Other', message: 'other words', lastTransitionTime: earlier }]);
    const changed = new Conditions(['Ready'])
      .set('Ready', 'True', 'Before', 'as it was')
      .report([was('Ready', 'False')], now);
    expect(changed).toMatchObject([{ lastTransitionTime: now }]);
  });

  it('leave out what does not apply, and what another writer owns', () => {
    const previous = [was('Ready', 'True'), was('Foreign', 'True')];
    const report = new Conditions(types).leaveOut('Ready').set('Redundant', 'True', 'R', 'm').report(previous, now);
    expect(report.map(({ type }) => type)).toEqual(['Redundant']);
  });

  it('carry the generation they were observed for', () => {
    const report = new Conditions(['Ready']).set('Ready', 'True', 'R', 'm').report(undefined, now, 7);
    expect(report).toMatchObject([{ observedGeneration: 7 }]);
  });

  it('come out in the same order, however they were set', () => {
    const report = new Conditions(['B', 'A']).set('B', 'True', 'R', '').set('A', 'True', 'R', '').report([], now);
    expect(report.map(({ type }) => type)).toEqual(['A', 'B']);
  });

  it('fit the limits of the API', () => {
    const [report] = new Conditions(['A']).set('A', 'True', 'R'.repeat(2000), 'm'.repeat(40_000)).report([], now);
    expect([report!.reason.length, report!.message.length]).toEqual([1024, 32_768]);
  });

  it('cannot be set for a type that is not owned', () => {
    expect(() => new Conditions(types).set('Raedy', 'True', 'R', '')).toThrow('Raedy is not one of: Ready, Redundant');
  });
});
