import { newCall, type Call } from '../../../csi/call';
import { asCsiError } from '../../../csi/status';
import type { Clock } from '../../../runtime/clock';
import { CsiCallError } from '../../kubernetes/csi-calls';

type Handlers = Record<string, (request: never, call: Call) => Promise<unknown>>;

/** What a driver is given that is called without a socket: gRPC's defaults for what the caller leaves out. */
interface Definition {
  readonly methods: Record<string, { readonly requestType: { fromPartial(request: object): unknown } }>;
}

const defaultDeadlineMs = 60_000;

/**
 * Calls a CSI service in this process, with everything gRPC would do that matters: defaults filled in, a
 * deadline that the caller keeps even if the service does not, and errors reduced to code and message.
 */
export function callDirectly<C>(definition: Definition, service: Handlers, clock: Clock): C {
  const call =
    (method: string) =>
    async (request: object, options: { deadlineMs?: number } = {}) => {
      const deadline = clock.now() + (options.deadlineMs ?? defaultDeadlineMs);
      const abort = new AbortController();
      const full = definition.methods[method]!.requestType.fromPartial(request) as never;
      const late = new Promise<never>((_, reject) => {
        const timer = clock.setTimer(deadline - clock.now(), () => {
          abort.abort();
          reject(new CsiCallError('DEADLINE_EXCEEDED', `${method} took longer than its deadline`));
        });
        abort.signal.addEventListener('abort', () => timer.cancel());
      });
      try {
        return await Promise.race([service[method]!(full, newCall(clock, abort.signal, deadline)), late]);
      } catch (error) {
        if (error instanceof CsiCallError) throw error;
        const known = asCsiError(error);
        throw new CsiCallError(known?.code ?? 'INTERNAL', known?.message ?? String(error));
      } finally {
        abort.abort();
      }
    };
  return Object.fromEntries(Object.keys(definition.methods).map((method) => [method, call(method)])) as C;
}
