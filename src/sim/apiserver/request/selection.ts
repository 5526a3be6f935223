import { badRequest, type StatusError } from '../errors/status';
import type { Obj } from '../object/object';
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

function notSelectable({ type, version }: Request, field: string): StatusError {
  const known = Object.keys(version.selectable);
  if (!type.strategy.typed || known.length > 2) return badRequest(`field label not supported: ${field}`);
  return badRequest(`"${field}" is not a known field selector: only ${known.map((name) => `"${name}"`).join(', ')}`);
}
