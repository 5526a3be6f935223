import type { Logger } from '../../runtime/log';
import type { Clock } from '../../runtime/clock';
import { defaultDeadlineMs, type CallOptions } from '../contract';
import { HostError } from '../errors';
import { Call } from './call';
import { CommandError } from './exec';

/** Kept back from the caller's deadline, so that a verb's own account of what took too long is heard. */
const answerMs = 50;

/**
 * Carries a verb out within its deadline, whatever it does: one that hangs is answered for, and goes on unattended
 * as far as its locks and processes hold it. Every failure leaves as a HostError.
 */
export function runVerb<T>(
  verb: string,
  { clock, log }: { clock: Clock; log: Logger },
  { deadlineMs = defaultDeadlineMs, signal }: CallOptions,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  const call = new Call(verb, clock, Math.max(1, deadlineMs - Math.min(answerMs, deadlineMs / 10)), signal);
  return new Promise<T>((resolve, reject) => {
    const giveUp = (why: string) => reject(new HostError('Timeout', `${verb}: ${why}`));
    const timer = clock.setTimer(deadlineMs, () => giveUp(`not done within ${deadlineMs} ms`));
    const onAbort = () => giveUp('the caller has given up');
    signal?.addEventListener('abort', onAbort);
    const done = () => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted) onAbort();
    else {
      attempt(work, call)
        .finally(done)
        .then(resolve, (error: unknown) => {
          const failure = toHostError(verb, error);
          if (failure.kind === 'Internal') log.error('verb failed', { verb, error: failure.message });
          reject(failure);
        });
    }
  });
}

/** A throw before the first await is a rejection too. */
const attempt = async <T>(work: (call: Call) => Promise<T>, call: Call): Promise<T> => work(call);

export function toHostError(verb: string, error: unknown): HostError {
  if (error instanceof HostError) return error;
  const message = `${verb}: ${error instanceof Error ? error.message : String(error)}`;
  const isBusy = error instanceof CommandError && /resource busy|is busy/.test(error.stderr);
  return new HostError(isBusy ? 'Busy' : 'Internal', message, { cause: error });
}
