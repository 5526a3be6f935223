import { isObject, objectAt, stringAt, textsAt, listAt, type Json, type JsonObject } from '../object/json';
import { bytes, message, text } from './wire';

/**
 * An OpenAPI 2 document as kubectl of older releases reads it: gnostic's openapi.v2.Document. Field numbers
 * are those of that message; what no client looks at is left out.
 */
export function encodeDocument(document: JsonObject): Buffer {
  const info = objectAt(document, 'info');
  const paths = Object.entries(objectAt(document, 'paths'));
  const definitions = Object.entries(objectAt(document, 'definitions'));
  return message(
    text(1, '2.0'),
    bytes(2, message(text(1, stringAt(info, 'title')), text(2, stringAt(info, 'version')))),
    bytes(8, message(...paths.map(([path, item]) => bytes(2, named(path, pathItem(item as JsonObject)))))),
    bytes(9, message(...definitions.map(([name, part]) => bytes(1, named(name, schema(part as JsonObject)))))),
  );
}

const none = Buffer.alloc(0);

const named = (name: string, value: Buffer): Buffer => message(text(1, name), bytes(2, value));

/** Any value, as the YAML of it; JSON is YAML. */
const any = (value: Json): Buffer => text(2, `${JSON.stringify(value)}\n`);

function vendorExtensions(field: number, from: JsonObject): Buffer {
  const entries = Object.entries(from).filter(([name]) => name.startsWith('x-'));
  return message(...entries.map(([name, value]) => bytes(field, named(name, any(value ?? null)))));
}

const methods: readonly (readonly [method: string, field: number])[] = [
  ['get', 2],
  ['put', 3],
  ['post', 4],
  ['delete', 5],
  ['patch', 8],
];

function pathItem(item: JsonObject): Buffer {
  return message(
    ...methods.map(([method, field]) => {
      const found = item[method];
      return isObject(found) ? bytes(field, operation(found)) : none;
    }),
  );
}

function operation(from: JsonObject): Buffer {
  const parameters = listAt(from, 'parameters').filter(isObject);
  return message(
    text(5, stringAt(from, 'operationId')),
    ...textsAt(from, 'consumes').map((type) => text(7, type)),
    ...parameters.map((parameter) => bytes(8, queryParameter(parameter))),
    vendorExtensions(13, from),
  );
}

/** ParametersItem > Parameter > NonBodyParameter > QueryParameterSubSchema. */
function queryParameter(from: JsonObject): Buffer {
  const query = message(text(2, 'query'), text(4, stringAt(from, 'name')), text(6, stringAt(from, 'type')));
  return bytes(1, bytes(2, bytes(3, query)));
}

function schema(from: JsonObject): Buffer {
  const type = stringAt(from, 'type');
  const { items, additionalProperties, properties } = from;
  return message(
    text(1, stringAt(from, '$ref')),
    text(2, stringAt(from, 'format')),
    text(4, stringAt(from, 'description')),
    ...textsAt(from, 'required').map((name) => text(19, name)),
    ...listAt(from, 'enum').map((value) => bytes(20, any(value))),
    isObject(additionalProperties) ? bytes(21, bytes(1, schema(additionalProperties))) : none,
    type ? bytes(22, text(1, type)) : none,
    isObject(items) ? bytes(23, bytes(1, schema(items))) : none,
    isObject(properties) ? bytes(25, propertiesOf(properties)) : none,
    vendorExtensions(31, from),
  );
}

const propertiesOf = (properties: JsonObject): Buffer =>
  message(...Object.entries(properties).map(([name, part]) => bytes(1, named(name, schema(part as JsonObject)))));
