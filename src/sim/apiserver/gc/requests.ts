import type { Obj } from '../object/object';
import { versionOf, type ResourceType } from '../registry/resource';
import { parseApiVersion } from '../object/object';
import { changeObject } from '../request/change';
import type { Core } from '../request/core';
import { removeObject } from '../request/delete';
import { decode } from '../request/decode';
import { deepCopy, type JsonObject } from '../object/json';
import { ownedByUpdate } from '../request/own';
import type { Options, Request } from '../request/request';
import type { Stored } from '../store/stored';

/** Who the background work is, in managedFields. */
const client = 'kube-controller-manager';

/** A request of the server to itself. Custom resources may be stored in a version that is no longer served. */
function requestFor(type: ResourceType, object: Obj, verb: Request['verb'], options: Options): Request {
  const version = versionOf(type, parseApiVersion(object.apiVersion).version) ?? type.versions[0]!;
  const { namespace = '', name } = object.metadata;
  return { verb, type, version, namespace, name, subresource: '', options, client };
}

export function deleteObject(core: Core, type: ResourceType, stored: Stored, options: Options = {}): void {
  removeObject(core, requestFor(type, stored.object, 'delete', options), stored);
}

/** Changes an object's metadata (or what `change` changes besides) through the ordinary update. */
export function changeStored(core: Core, type: ResourceType, stored: Stored, change: (object: Obj) => void): void {
  const request = requestFor(type, stored.object, 'patch', {});
  const copy = deepCopy(stored.object as JsonObject) as Obj;
  change(copy);
  const { object } = decode(request, copy);
  changeObject(core, request, stored, object, (o) => ownedByUpdate(core, request, stored.object, o));
}
