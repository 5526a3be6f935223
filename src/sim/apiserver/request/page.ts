import { badRequest, expired } from '../errors/status';
import { isObject, type Json } from '../object/json';

/** Where a list goes on: behind `start`, in the state of `revision` (or in whatever there is then). */
export interface PageToken {
  readonly revision: number | 'any';
  readonly start: string;
}

export function encodeToken({ revision, start }: PageToken): string {
  // -1 is the real server's mark of a list that gave up on consistency.
  const token = { v: 'meta.k8s.io/v1', rv: revision === 'any' ? -1 : revision, start };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

export function decodeToken(text: string): PageToken {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Json;
    if (
      isObject(token) &&
      token.v === 'meta.k8s.io/v1' &&
      typeof token.start === 'string' &&
      Number.isInteger(token.rv)
    )
      return { revision: token.rv === -1 ? 'any' : (token.rv as number), start: token.start };
  } catch {
    // Falls through to the one refusal.
  }
  throw badRequest('invalid continue token: continue key is not valid: incorrect encoding');
}

export const pageExpired = (start: string) =>
  expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
      'deleted between the time the first chunk was returned and now may show up in the list.',
    encodeToken({ revision: 'any', start }),
  );
