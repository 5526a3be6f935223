import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** Folder of the package: above the bundle, or where the tests run. */
export const packageRoot = (): string => process.env.MESHSTOR_ROOT ?? process.cwd();

/** What was read once in this process, by folder: reading it is most of what starting a cluster costs. */
const read = new Map<string, object[]>();

/** The CustomResourceDefinitions as shipped; the same objects each time. */
export function shippedDefinitions(root = packageRoot()): readonly object[] {
  const known = read.get(root);
  if (known) return known;
  const folder = join(root, 'crds');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const definitions = files.sort().map((name) => parse(readFileSync(join(folder, name), 'utf8')) as object);
  read.set(root, definitions);
  return definitions;
}

/** Objects of one shipped manifest, by its path under config/. */
export function shippedObjects<T extends object>(path: string, root = packageRoot()): T[] {
  const documents = parseAllDocuments(readFileSync(join(root, 'config', path), 'utf8'));
  return documents.map((document) => document.toJS() as T).filter((object) => object !== null);
}
