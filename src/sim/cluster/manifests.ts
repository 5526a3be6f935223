import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** Folder of the package: above the bundle, or where the tests run. */
export const packageRoot = (): string => process.env.MESHSTOR_ROOT ?? process.cwd();

/** The CustomResourceDefinitions as shipped. */
export function shippedDefinitions(root = packageRoot()): object[] {
  const folder = join(root, 'crds');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.sort().map((name) => parse(readFileSync(join(folder, name), 'utf8')) as object);
}

/** Objects of one shipped manifest, by its path under config/. */
export function shippedObjects<T extends object>(path: string, root = packageRoot()): T[] {
  const documents = parseAllDocuments(readFileSync(join(root, 'config', path), 'utf8'));
  return documents.map((document) => document.toJS() as T).filter((object) => object !== null);
}
