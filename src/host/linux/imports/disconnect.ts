import type { DisconnectRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { lockKeys, type Host } from '../host';
import { findController } from './connections';

export async function disconnect(host: Host, request: DisconnectRequest, call: Call): Promise<object> {
  const { nqn } = door.exportName('nqn', request.nqn);
  return host.locks.run(lockKeys.import(nqn), call, async () => {
    await endConnection(host, nqn, call);
    return {};
  });
}

/** Ends it, and returns when the kernel has let go of it. Waits for an attempt to reconnect that is under way. */
export async function endConnection(host: Host, nqn: string, call: Call): Promise<void> {
  if (!(await findController(host, nqn))) return;
  await host.exec.run(['nvme', 'disconnect', `--nqn=${nqn}`], { call });
  await call.poll(call.left(), 50, async () => ((await findController(host, nqn)) ? undefined : true));
}
