import type { ResourceType } from '../resource';
import { definitions } from '../crd/definitions';
import { appsResources } from './apps';
import { coreResources } from './core';
import { eventResources } from './events';
import { otherResources } from './others';
import { pods } from './pods';
import { reviewResources } from './reviews';
import { services } from './services';
import { storageResources } from './storage';
import { volumeResources } from './volumes';

/** Everything that is served before any CustomResourceDefinition is created. */
export const builtinResources: readonly ResourceType[] = [
  ...coreResources,
  pods,
  services,
  ...volumeResources,
  ...eventResources,
  ...appsResources,
  ...storageResources,
  ...otherResources,
  ...reviewResources,
  definitions,
];
