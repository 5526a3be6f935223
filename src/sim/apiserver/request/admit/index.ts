import type { Obj } from '../../object/object';
import type { Core } from '../core';
import type { Request } from '../request';
import { admitDefaultClass } from './default-class';
import { admitExpansion } from './expansion';
import { admitIntoNamespace, keepSystemNamespaces } from './namespaces';
import { admitPriority } from './priority';
import { refuseTerminating } from './terminating';
import { protectStorage } from './protection';

/** What the real server's admission plugins do to, and say about, a new object. */
export function admitCreate(core: Core, request: Request, object: Obj): void {
  refuseTerminating(core, request);
  admitIntoNamespace(core, request, object);
  admitDefaultClass(core, request, object);
  admitPriority(core, request, object);
  protectStorage(core, request, object);
}

export function admitUpdate(core: Core, request: Request, object: Obj, old: Obj): void {
  admitExpansion(core, request, object, old);
}

export function admitDelete(_core: Core, request: Request, object: Obj): void {
  keepSystemNamespaces(request, object);
}
