import { timestamp } from '../../../runtime/clock';
import { apply } from '../apply/apply';
import { conflictError } from '../apply/conflicts';
import { noFields, paths, type Fields } from '../apply/fields';
import { allowedByLastApplied, updateLastApplied } from '../apply/lastapplied';
import { decode as decodeManagers, encode, type Managers } from '../apply/managers';
import { badRequest, conflict, notFound, StatusError } from '../errors/status';
import { deepCopy, isObject, type JsonObject } from '../object/json';
import { withMeta, type Obj } from '../object/object';
import { hasStatus, keyOf } from '../registry/resource';
import { shape } from '../schema/shape';
import { changeObject } from './change';
import { createObject } from './create';
import type { Core } from './core';
import { decode, identified } from './decode';
import { managerOf } from './own';
import type { Request, Result } from './request';
import { inVersion } from './view';

/** Server-side apply, also of an object that does not exist yet. */
export function applyPatch(core: Core, request: Request): Result {
  const { type, version, namespace, name } = request;
  const config = configuration(request);
  const old = core.store.table(type.table).get(keyOf(type, namespace, name));
  if (!old) return applyNew(core, request, config);
  const live = inVersion(type, version.name, old).object;
  const { object, managers } = applied(core, request, live, config);
  const own = (o: Obj) => withMeta(o, { managedFields: encode(managers) });
  const decoded = decode(request, deepCopy(own(object) as JsonObject));
  const stored = changeObject(core, request, old, decoded.object, own);
  return { kind: 'object', code: 200, object: inVersion(type, version.name, stored), warnings: decoded.warnings };
}

function applyNew(core: Core, request: Request, config: Obj): Result {
  const { type, version, name } = request;
  if (request.subresource !== '') throw notFound(type, name);
  const { uid, resourceVersion } = config.metadata;
  if (uid) {
    throw conflict(
      type,
      name,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  }
  // A compare-and-swap of something that is gone must not bring it back.
  if (resourceVersion) throw conflict(type, name);
  const empty = { apiVersion: config.apiVersion, kind: config.kind, metadata: { name } } as Obj;
  const { object, managers } = applied(core, request, empty, config);
  const decoded = decode(request, deepCopy(object as JsonObject));
  const stored = createObject(core, request, decoded.object, (o) => withMeta(o, { managedFields: encode(managers) }));
  return { kind: 'object', code: 201, object: inVersion(type, version.name, stored), warnings: decoded.warnings };
}

/** The configuration with only what the schema knows; nothing is added to it. */
function configuration(request: Request): Obj {
  const { type, version, options, name, body } = request;
  if (!isObject(body)) throw badRequest('the configuration is not an object');
  if (!options.fieldManager) {
    throw new StatusError(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  }
  const config = identified(request, body) as Obj;
  if (!isObject(config.metadata)) config.metadata = { name };
  if (config.metadata.managedFields) throw badRequest('metadata.managedFields must be nil');
  if (config.metadata.name && config.metadata.name !== name) {
    throw badRequest(`the name of the object (${config.metadata.name}) does not match the name on the URL (${name})`);
  }
  config.metadata.name = name;
  refuseUndeclared(type.kind, version.schema, config);
  return config;
}

function refuseUndeclared(kind: string, schema: Request['version']['schema'], config: Obj): void {
  const undeclared: string[] = [];
  shape({ ...schema }, deepCopy(config as JsonObject), {
    dropNulls: false,
    onUnknown: (path) => undeclared.push(path),
  });
  if (undeclared.length === 0) return;
  const { namespace = '', name } = config.metadata;
  throw badRequest(
    `failed to create typed patch object (${namespace}/${name}; ${config.apiVersion}, Kind=${kind}): ${undeclared
      .map((path) => `.${path}: field not declared in schema`)
      .join(', ')}`,
  );
}

/** Lays the configuration over the live object, or throws the conflicts. */
function applied(core: Core, request: Request, live: Obj, config: Obj): { object: Obj; managers: Managers } {
  const { schema } = request.version;
  const manager = managerOf(request);
  const { object, managers, conflicts } = apply({
    schema,
    live: live,
    config: config,
    managers: decodeManagers(live.metadata),
    manager,
    ignored: ignoredFields(request),
    time: timestamp(core.clock),
  });
  const allowed =
    conflicts.length === 0 ||
    request.options.force === true ||
    allowedByLastApplied(manager.name, schema, live, conflicts);
  if (!allowed) throw conflictError(conflicts);
  return { object: updateLastApplied(manager.name, object as Obj, config), managers };
}

const onMain = paths('status');
const onStatus = paths('metadata', 'spec');

/** Nobody comes to own a field through an endpoint that does not write it. */
function ignoredFields({ version, subresource }: Request): Fields {
  if (!hasStatus(version)) return noFields;
  return subresource === 'status' ? onStatus : onMain;
}
