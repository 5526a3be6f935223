import { objectAt, stringAt } from '../../object/json';
import type { Change, Store } from '../../store/store';
import type { Registry } from '../registry';
import { establish } from './establish';
import { definitionsTable, isEstablished } from './names';

/** Keeps the registry in step with the CustomResourceDefinitions in the store. Returns the way to stop. */
export function registerDefinitions(store: Store, registry: Registry): () => void {
  return store.listen((table, change) => {
    if (table === definitionsTable) follow(registry, change);
  });
}

function follow(registry: Registry, { type, after }: Change): void {
  const spec = objectAt(after.object, 'spec');
  const group = stringAt(spec, 'group') ?? '';
  const plural = stringAt(objectAt(spec, 'names'), 'plural') ?? '';
  if (type === 'DELETED') registry.remove(group, plural);
  else if (isEstablished(after.object)) {
    const resource = establish(after.object);
    if (registry.find(group, plural) !== resource) registry.set(resource);
  }
}
