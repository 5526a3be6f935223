import { forbidden, invalid, required, type FieldError } from '../../errors/field';
import { deepCopy, isObject, listAt, stringAt, textOf, type Json, type JsonObject } from '../../object/json';
import { checkRuleTypes } from '../../schema/cel/typecheck';
import { shape } from '../../schema/shape';
import { fromJsonSchema, toRegExp } from '../../schema/structural';
import { validate } from '../../schema/validate';

/** Whether a schema is structural, as apiextensions.k8s.io/v1 demands, and its defaults and rules make sense. */
export function checkStructural(root: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (root.type !== 'object') {
    errors.push(
      root.type === undefined
        ? required(`${field}.type`, 'must not be empty at the root')
        : invalid(`${field}.type`, root.type, 'must be object at the root'),
    );
  }
  walk(root, field, errors, true);
  if (errors.length > 0) return errors;
  return checkRuleTypes(fromJsonSchema(root), field);
}

const notSupported = [
  '$ref',
  'definitions',
  'dependencies',
  'patternProperties',
  'additionalItems',
  'id',
  '$schema',
] as const;
const listTypes = ['atomic', 'set', 'map'];

function walk(schema: JsonObject, field: string, errors: FieldError[], root = false): void {
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (!root && schema.type === undefined && !intOrString && !open) {
    errors.push(required(`${field}.type`, 'must not be empty for specified object fields'));
  }
  for (const name of notSupported) {
    if (schema[name] !== undefined) errors.push(forbidden(`${field}.${name}`, `${name} is not supported`));
  }
  if (schema.uniqueItems === true) {
    errors.push(
      forbidden(
        `${field}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  }
  checkPattern(schema, field, errors);
  checkObject(schema, field, errors);
  checkList(schema, field, errors);
  checkDefault(schema, field, errors);
}

function checkPattern(schema: JsonObject, field: string, errors: FieldError[]): void {
  const pattern = stringAt(schema, 'pattern');
  if (pattern === undefined) return;
  try {
    toRegExp(pattern);
  } catch {
    errors.push(invalid(`${field}.pattern`, pattern, `must be a valid regular expression, but isn't: ${pattern}`));
  }
}

function checkObject(schema: JsonObject, field: string, errors: FieldError[]): void {
  const { properties, additionalProperties } = schema;
  if (properties !== undefined && additionalProperties !== undefined && additionalProperties !== false) {
    errors.push(forbidden(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  }
  if (isObject(properties)) {
    for (const [name, property] of Object.entries(properties)) {
      if (isObject(property)) walk(property, `${field}.properties[${name}]`, errors);
    }
  }
  if (isObject(additionalProperties)) walk(additionalProperties, `${field}.additionalProperties`, errors);
}

function checkList(schema: JsonObject, field: string, errors: FieldError[]): void {
  if (schema.type === 'array') {
    if (isObject(schema.items)) walk(schema.items, `${field}.items`, errors);
    else errors.push(required(`${field}.items`, 'must be specified'));
  }
  const listType = schema['x-kubernetes-list-type'];
  if (listType === undefined) return;
  if (!listTypes.includes(textOf(listType))) {
    errors.push(invalid(`${field}.x-kubernetes-list-type`, listType, `must be one of ${listTypes.join(', ')}`));
  }
  if (listType === 'map') checkMapList(schema, field, errors);
}

function checkMapList(schema: JsonObject, field: string, errors: FieldError[]): void {
  const keys = listAt(schema, 'x-kubernetes-list-map-keys') as string[];
  if (keys.length === 0) {
    errors.push(required(`${field}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  }
  const items = isObject(schema.items) ? schema.items : {};
  const properties = isObject(items.properties) ? items.properties : {};
  keys.forEach((key, i) => {
    const property = properties[key];
    if (!isObject(property)) {
      errors.push(
        invalid(`${field}.x-kubernetes-list-map-keys[${i}]`, key, 'entries must all be names of item properties'),
      );
    } else if (property.default === undefined && !listAt(items, 'required').includes(key)) {
      errors.push(
        required(
          `${field}.items.properties[${key}].default`,
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
    }
  });
}

/** A default must be what the schema around it accepts as it stands. */
function checkDefault(schema: JsonObject, field: string, errors: FieldError[]): void {
  const value: Json | undefined = schema.default;
  if (value === undefined) return;
  const compiled = fromJsonSchema(schema);
  const wrapped = { default: deepCopy(value) };
  const holder = { type: 'object' as const, properties: new Map([['default', compiled]]) };
  shape(holder, wrapped, {
    dropNulls: false,
    onUnknown: (path) => errors.push(invalid(`${field}.${path}`, value, 'must not have unknown fields')),
  });
  errors.push(...validate(compiled, wrapped.default, { parent: undefined, step: `${field}.default` }));
}
