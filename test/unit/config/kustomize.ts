import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
}

const root = process.cwd();
const built = new Map<string, Manifest[]>();

/** Path of kubectl, or undefined where there is none and none can be had (the script says why). */
export const kubectl: string | undefined = findKubectl();

function findKubectl(): string | undefined {
  try {
    return execFileSync(join(root, 'scripts/kube/kubectl.sh'), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** `describe`, or tests reported as skipped where there is no kubectl. */
export const describeManifests = (name: string, tests: () => void): void =>
  kubectl ? describe(name, tests) : describe.skip(`${name} (skipped: no kubectl 1.32 or later)`, tests);

/** The objects that `kubectl apply -k <folder>` would apply. */
export function build(folder: string): Manifest[] {
  let objects = built.get(folder);
  if (!objects) {
    const output = execFileSync(kubectl!, ['kustomize', join(root, folder)], { encoding: 'utf8', maxBuffer: 1 << 26 });
    objects = parseAllDocuments(output).map((document) => document.toJS() as Manifest);
    built.set(folder, objects);
  }
  return objects;
}

export const entries = ['config/default', 'config/current', 'config/overlays/example'];

export function the<T>(folder: string, kind: string, name: string): T & Manifest {
  const found = build(folder).filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1) throw new Error(`${folder} has ${found.length} objects ${kind} ${name}, not one`);
  return found[0] as T & Manifest;
}

export const allOf = <T>(folder: string, kind: string): (T & Manifest)[] =>
  build(folder).filter((object) => object.kind === kind) as (T & Manifest)[];
