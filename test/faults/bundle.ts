import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Edit, Mutant } from './mutants/mutant';

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

/** The files as they are read, not as they are on disk, have the other texts. */
function broken({ name, edits }: Mutant): Plugin {
  const files = new Set(edits.map(({ file }) => join(root, file)));
  return {
    name,
    setup: (builder) =>
      builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!files.has(path)) return undefined;
        const mine = edits.filter(({ file }) => join(root, file) === path);
        return {
          contents: mine.reduce((text, edit) => changed(name, text, edit), readFileSync(path, 'utf8')),
          loader: 'ts',
        };
      }),
  };
}

function changed(name: string, text: string, { file, find, replace }: Edit): string {
  if (text.split(find).length === 2) return text.replace(find, () => replace);
  throw new Error(
    `mutant ${name}: its text is not in ${file} exactly once; the rule has changed, and the mutant must follow`,
  );
}
