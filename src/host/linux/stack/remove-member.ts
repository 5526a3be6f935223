import type { RemoveMemberRequest } from '../../gen/host';
import { stopInactive } from '../arrays/inactive';
import type { Call } from '../call';
import * as door from '../door';
import type { Host } from '../host';
import { removeMap } from '../members/policy';

/** The map goes, and before it an array over it that never came to run: nobody else would ever stop that one. */
export async function removeMember(host: Host, request: RemoveMemberRequest, call: Call): Promise<object> {
  await stopInactive(host, door.volume(request.volume).uid, call);
  return removeMap(host, request, call);
}
