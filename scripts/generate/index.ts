// Writes everything that is derived from crds/ and the proto files. `make check-generate` fails when the
// result differs from what is committed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { referenceOf } from './reference';
import { readCrds } from './schema';
import { schemasOf, typesOf } from './types';
import { withoutRules } from './without-rules';

const root = process.cwd();
const prettierOptions = { printWidth: 120, singleQuote: true };

async function write(path: string, content: string, parser: string): Promise<void> {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), await format(content, { ...prettierOptions, parser }));
}

async function main(): Promise<void> {
  const crds = readCrds(join(root, 'crds'));
  for (const crd of crds) {
    await write(`src/api/gen/${crd.kind.toLowerCase()}.ts`, await typesOf(crd), 'typescript');
  }
  await write('src/api/gen/schemas.ts', schemasOf(crds), 'typescript');
  await write('docs/reference/crds.md', referenceOf(crds), 'markdown');
  await write('config/components/no-validation-rules/kustomization.yaml', withoutRules(crds), 'yaml');
  for (const area of ['host', 'csi']) {
    execFileSync('npx', ['--no-install', 'buf', 'generate', '--template', `src/${area}/buf.gen.yaml`], {
      stdio: 'inherit',
    });
  }
}

await main();
