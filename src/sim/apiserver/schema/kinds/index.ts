import { parseTypes } from '../notation';
import type { Schema } from '../schema';
import { apiextensionsTypes } from './apiextensions';
import { appsTypes } from './apps';
import { containerTypes } from './container';
import { coreTypes } from './core';
import { metaTypes } from './meta';
import { otherTypes } from './others';
import { podTypes } from './pod';
import { storageTypes } from './storage';
import { volumeTypes } from './volume';

/** Every built-in type by its full name, such as io.k8s.api.core.v1.Pod. */
export const types = parseTypes(
  metaTypes,
  podTypes,
  containerTypes,
  volumeTypes,
  coreTypes,
  appsTypes,
  storageTypes,
  otherTypes,
  apiextensionsTypes,
);

export function builtinType(name: string): Schema {
  const type = types.get(name);
  if (!type) throw new Error(`no built-in type ${name}`);
  return type;
}

export const objectMeta = builtinType('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
