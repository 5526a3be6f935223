import { objectAt, stringAt, type JsonObject } from '../../object/json';
import type { Obj } from '../../object/object';
import type { ResourceType } from '../resource';
import { define } from './define';

/** Who everybody is here: access is not restricted. */
export const user: JsonObject = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };

const answering = (status: (review: Obj) => JsonObject) => ({
  answer: (review: Obj): Obj => {
    const { managedFields: _managedFields, ...metadata } = review.metadata;
    return { ...review, metadata: { ...metadata, creationTimestamp: undefined }, status: status(review) };
  },
});

const allowed = () => ({ allowed: true });

const everything: JsonObject = {
  incomplete: false,
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
};

const authorization = (kind: string, namespaced: boolean, status: () => JsonObject): ResourceType =>
  define({
    group: 'authorization.k8s.io',
    version: 'v1',
    plural: `${kind.toLowerCase()}s`,
    kind,
    namespaced,
    package: 'authorization',
    verbs: ['create'],
    strategy: answering(status),
  });

function tokenReview(review: Obj): JsonObject {
  const token = stringAt(objectAt(review, 'spec'), 'token');
  return token ? { authenticated: true, user } : { authenticated: false, error: 'no token was given' };
}

const authentication = (kind: string, status: (review: Obj) => JsonObject): ResourceType =>
  define({
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: `${kind.toLowerCase()}s`,
    kind,
    namespaced: false,
    package: 'authentication',
    verbs: ['create'],
    strategy: answering(status),
  });

/** Questions that are answered and not stored. Everything is allowed. */
export const reviewResources: readonly ResourceType[] = [
  authorization('SelfSubjectAccessReview', false, allowed),
  authorization('SubjectAccessReview', false, allowed),
  authorization('LocalSubjectAccessReview', true, allowed),
  authorization('SelfSubjectRulesReview', false, () => everything),
  authentication('TokenReview', tokenReview),
  authentication('SelfSubjectReview', () => ({ userInfo: user })),
];
