import jsonpatch, { type Operation } from 'fast-json-patch';
import { badRequest, StatusError } from '../errors/status';
import { isObject, type JsonObject } from '../object/json';

/** The real server's own bound on the operations of one patch. */
const maxOperations = 10_000;

/** RFC 6902. Changes the target, which the caller must own. */
export function jsonPatch(target: JsonObject, operations: readonly JsonObject[]): JsonObject {
  if (operations.length > maxOperations) {
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity is too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
    );
  }
  let result: unknown;
  try {
    result = jsonpatch.applyPatch(target, operations as unknown as Operation[], true).newDocument;
  } catch (error) {
    throw failure(error);
  }
  if (!isObject(result as JsonObject)) throw badRequest('the patch does not leave an object');
  return result as JsonObject;
}

function failure(error: unknown): StatusError {
  const why = (error as Error).message.split('\n')[0];
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {
    causes: [{ message: why }],
  });
}
