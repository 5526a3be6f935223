import type { Obj } from '../object/object';
import { apiVersionOf, type ResourceType } from '../registry/resource';
import { Stored } from '../store/stored';

const views = new WeakMap<Stored, Map<string, Stored>>();

/** An object as the asked-for version shows it. Made once per version; usually it is the stored one itself. */
export function inVersion(type: ResourceType, version: string, stored: Stored): Stored {
  const apiVersion = apiVersionOf(type, version);
  if (stored.object.apiVersion === apiVersion) return stored;
  let known = views.get(stored);
  if (!known) views.set(stored, (known = new Map<string, Stored>()));
  let view = known.get(apiVersion);
  if (!view) known.set(apiVersion, (view = new Stored(converted(type, apiVersion, stored.object), stored.revision)));
  return view;
}

/** The object in another apiVersion; a kind without a conversion of its own only changes the name. */
export function converted(type: ResourceType, apiVersion: string, object: Obj): Obj {
  if (object.apiVersion === apiVersion) return object;
  return { ...(type.strategy.convert?.(object, apiVersion) ?? object), apiVersion };
}
