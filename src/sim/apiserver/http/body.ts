import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { badRequest, StatusError, unsupportedMediaType } from '../errors/status';
import type { Json } from '../object/json';
import { decodeProtobuf } from '../protobuf/decode';
import type { PatchType } from '../request/request';

/** As the real server: what etcd would not take anyway. */
const maxBody = 3 * 1024 * 1024;

export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += (chunk as Buffer).length;
    if (size > maxBody) {
      throw new StatusError(413, 'RequestEntityTooLarge', `Request entity is too large: limit is ${maxBody}`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

const mediaType = (message: IncomingMessage): string => (message.headers['content-type'] ?? '').split(';')[0]!.trim();

const objectTypes: Record<string, (body: Buffer) => Json> = {
  'application/json': (body) => json(body.toString('utf8')),
  'application/yaml': (body) => yaml(body.toString('utf8')),
  'application/vnd.kubernetes.protobuf': decodeProtobuf,
};

/** The decoded body; undefined when there is none. */
export function decodeObject(message: IncomingMessage, body: Buffer): Json | undefined {
  if (body.length === 0) return undefined;
  const decode = objectTypes[mediaType(message) || 'application/json'];
  if (!decode) throw unsupportedMediaType(Object.keys(objectTypes));
  return decode(body);
}

const patchTypes: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export function decodePatch(message: IncomingMessage, content: Buffer): { patchType: PatchType; body: Json } {
  const patchType = patchTypes[mediaType(message)];
  if (!patchType) throw unsupportedMediaType(Object.keys(patchTypes));
  const text = content.toString('utf8');
  return { patchType, body: patchType === 'apply' ? yaml(text) : json(text) };
}

function json(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: ${(error as Error).message}`);
  }
  // Would be an own member after parsing and a prototype after copying.
  if (text.includes('__proto__')) refuseProto(value);
  return value;
}

function yaml(text: string): Json {
  // kubectl sends JSON under this name too, and JSON is far cheaper to parse.
  if (/^\s*\{/.test(text)) {
    try {
      return json(text);
    } catch {
      // Flow style YAML looks like JSON.
    }
  }
  try {
    const value = parseYaml(text, { maxAliasCount: 0 }) as Json;
    refuseProto(value);
    return value;
  } catch (error) {
    throw error instanceof StatusError ? error : badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
}

function refuseProto(value: Json): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) throw badRequest('a field cannot be called __proto__');
  for (const part of Object.values(value)) if (part !== undefined) refuseProto(part);
}
