import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Mutant } from './mutants';

const root = join(import.meta.dirname, '../..');

/** The worker in one file, from the code as it is or with one of MeshStor's rules broken. Resolves to its path. */
export async function bundle(mutant?: Mutant): Promise<string> {
  const outfile = join(root, `out/faults/${mutant?.name ?? 'worker'}.cjs`);
  await build({
    entryPoints: [join(root, 'test/faults/worker.ts')],
    ...{ outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' },
    plugins: mutant ? [broken(mutant)] : [],
  });
  return outfile;
}

/** The file as it is read, and not as it is on disk, has the other text. */
function broken({ name, file, find, replace }: Mutant): Plugin {
  const filter = new RegExp(`${file.replaceAll('.', '\\.')}$`);
  return {
    name,
    setup: ({ onLoad }) =>
      onLoad({ filter }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (text.split(find).length !== 2) {
          throw new Error(
            `mutant "${name}": its text is not found once in ${file}. The rule it breaks has changed: adapt it in test/faults/mutants.`,
          );
        }
        return { contents: text.replace(find, () => replace), loader: 'ts' };
      }),
  };
}
