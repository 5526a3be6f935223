import { notFound } from '../../errors/status';
import { numberAt, objectAt, type JsonObject } from '../../object/json';
import { keyOf } from '../../registry/resource';
import { newUID, type Core } from '../core';
import type { Request, Result } from '../request';

const defaultLifetime = 3600;

/** A token of a service account. It opens nothing: access is not restricted here. */
export function requestToken(core: Core, request: Request): Result {
  const { type, namespace, name, body } = request;
  if (!core.store.table(type.table).get(keyOf(type, namespace, name))) throw notFound(type, name);
  const spec = objectAt(body as JsonObject, 'spec');
  const expirationSeconds = numberAt(spec, 'expirationSeconds') ?? defaultLifetime;
  const expires = new Date(core.clock.now() + expirationSeconds * 1000).toISOString();
  return {
    kind: 'answer',
    code: 201,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name, namespace },
      spec: { audiences: ['https://kubernetes.default.svc'], ...spec, expirationSeconds },
      status: { token: `sim.${newUID(core.random)}`, expirationTimestamp: expires },
    },
  };
}
