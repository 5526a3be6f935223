import type { Condition } from '../../../src/api/meta';
import { observed } from '../../../src/runtime/conditions';

const earlier = '2026-01-01T00:00:00Z';
const now = '2026-01-02T00:00:00Z';
const was = (type: string, status: Condition['status']): Condition => ({
  type,
  status,
  reason: 'Before',
  message: 'as it was',
  lastTransitionTime: earlier,
});
const other = { reason: 'Other', message: 'other words' };

describe('a condition', () => {
  it('keeps the time of its last transition while its status is the same, whatever the words are', () => {
    expect(observed('Ready', { status: 'False', ...other }, [was('Ready', 'False')], now)).toEqual({
      type: 'Ready',
      status: 'False',
      ...other,
      lastTransitionTime: earlier,
    });
  });
  it.each<[string, readonly Condition[] | undefined]>([
    ['when its status changes', [was('Ready', 'False')]],
    ['when it is new', [was('Usable', 'True')]],
    ['when there was none at all', undefined],
  ])('has changed now %s', (_, previous) => {
    expect(observed('Ready', { status: 'True', ...other }, previous, now).lastTransitionTime).toBe(now);
  });
  it('never says more than the API server takes', () => {
    const long = { status: 'True' as const, reason: 'R'.repeat(2_000), message: 'm'.repeat(40_000) };
    const { reason, message } = observed('Ready', long, undefined, now);
    expect([reason.length, message.length]).toEqual([1_024, 32_768]);
  });
});
