import { badRequest, type StatusError } from '../errors/status';
import type { Obj } from '../object/object';
import { apiVersionOf } from '../registry/resource';
import { parseFieldSelector, type FieldSelector } from '../select/fields';
import { parseLabelSelector } from '../select/labels';
import { inVersion } from './view';
import type { Request } from './request';
import { Stored } from '../store/stored';

/** Which objects a list, watch or deletecollection is about. */
export interface Selection {
  /** Start of the table keys that can match. */
  readonly prefix: string;
  /** Whether selectors narrow it further than the namespace does. */
  readonly narrowed: boolean;
  matches(object: Obj): boolean;
}

export function selectionOf(request: Request): Selection {
  const { type, namespace, options, name } = request;
  const labels = options.labelSelector ? parseLabelSelector(options.labelSelector) : undefined;
  const fields = options.fieldSelector ? fieldsOf(request, options.fieldSelector) : undefined;
  const scope = namespace || (type.namespaced ? (fields?.namespace ?? '') : '');
  return {
    prefix: type.namespaced && scope ? `${scope}/` : '',
    narrowed: labels !== undefined || fields !== undefined,
    matches: (object) =>
      (labels === undefined || labels(object.metadata.labels)) &&
      (fields === undefined || fields.matches(shown(request, object))) &&
      (name === '' || object.metadata.name === name),
  };
}

function fieldsOf(request: Request, text: string): FieldSelector {
  return parseFieldSelector(text, request.version.selectable, (field) => notSelectable(request, field));
}

/** Field selectors name the fields of the requested version. */
function shown({ type, version }: Request, object: Obj): Obj {
  if (type.versions.length === 1) return object;
  return inVersion(type, version.name, new Stored(object, 0)).object;
}

function notSelectable({ type, version, options }: Request, field: string): StatusError {
  if (type.strategy.typed) return badRequest(`field label not supported: ${field}`);
  const resource = `${apiVersionOf(type, version.name)}, Resource=${type.plural}`;
  return badRequest(
    `Unable to find "${resource}" that match label selector "${options.labelSelector ?? ''}", field selector "${options.fieldSelector ?? ''}": field label not supported: ${field}`,
  );
}
