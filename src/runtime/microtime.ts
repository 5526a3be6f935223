import type { Clock } from './clock';

/** The present as metav1.MicroTime has it: exactly six digits after the second. */
export function microTime(clock: Pick<Clock, 'now'>): string {
  return new Date(clock.now()).toISOString().replace(/Z$/, '000Z');
}
