import { timestamp } from '../../../runtime/clock';
import { apply } from '../apply/apply';
import { conflictError } from '../apply/conflicts';
import { noFields, paths, type Fields } from '../apply/fields';
import { allowedByLastApplied, updateLastApplied } from '../apply/last-applied';
import { typeProblems } from '../apply/typed';
import { decode as decodeManagers, encode, type Managers } from '../apply/managers';
import { badRequest, conflict, notFound, StatusError } from '../errors/status';
import { deepCopy, isObject, textOf, type JsonObject } from '../object/json';
import { withMeta, type Obj } from '../object/object';
import { apiVersionOf, hasStatus, keyOf } from '../registry/resource';
import { changeObject } from './change';
import { createObject } from './create';
import type { Core } from './core';
import { decode } from './decode';
import { managerOf } from './own';
import type { Request, Result } from './request';
import { inVersion } from './view';

/**
 * Server-side apply, also of an object that does not exist yet. As on the real server, a resourceVersion makes
 * it a compare-and-swap only while the object exists: it does not keep a deleted one from being created anew.
 * A uid does.
 */
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
  const { uid } = config.metadata;
  if (uid) {
    throw conflict(
      type,
      name,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  }
  const empty = { apiVersion: config.apiVersion, kind: config.kind, metadata: { name } } as Obj;
  const { object, managers } = applied(core, request, empty, config);
  const decoded = decode(request, deepCopy(object as JsonObject));
  const stored = createObject(core, request, decoded.object, (o) => withMeta(o, { managedFields: encode(managers) }));
  return { kind: 'object', code: 201, object: inVersion(type, version.name, stored), warnings: decoded.warnings };
}

/** The configuration with only what the schema knows; nothing is added to it. */
function configuration(request: Request): Obj {
  const { options, name, body } = request;
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
  checkKind(request, body);
  const config = body as Obj;
  if (!isObject(config.metadata)) config.metadata = { name };
  if (config.metadata.managedFields) throw badRequest('metadata.managedFields must be nil');
  if (config.metadata.name && config.metadata.name !== name) {
    throw badRequest(`the name of the object (${config.metadata.name}) does not match the name on the URL (${name})`);
  }
  config.metadata.name = name;
  refuseUntyped(request, config);
  return config;
}

/** The configuration must say what it is, and be what the endpoint serves. */
function checkKind({ type, version }: Request, config: JsonObject): void {
  const expected = apiVersionOf(type, version.name);
  const [apiVersion, kind] = [textOf(config.apiVersion), textOf(config.kind)];
  if (apiVersion !== expected) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${expected}`,
    );
  }
  if (kind !== type.kind) {
    const problem = `no corresponding type for ${apiVersion}, Kind=${kind}`;
    throw new StatusError(500, '', `failed to create typed patch object: ${problem}`);
  }
}

/** As the real server: an error of its own, without a reason. */
function refuseUntyped({ type, version }: Request, config: Obj): void {
  const problems = typeProblems(version.schema, config);
  if (problems.length === 0) return;
  const { namespace = '', name } = config.metadata;
  const what = `${namespace}/${name}; ${config.apiVersion}, Kind=${type.kind}`;
  throw new StatusError(500, '', `failed to create typed patch object (${what}): ${problems.join(', ')}`);
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
