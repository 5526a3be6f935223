import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Rules {
  readonly letter: string;
  readonly document: string;
  /** Folder of the code that follows them. */
  readonly code: string;
}

const all: Rules[] = [
  { letter: 'C', document: 'docs/design/volume.md', code: 'src/controllers/volume/cluster' },
  { letter: 'N', document: 'docs/design/volume.md', code: 'src/controllers/volume/node' },
  { letter: 'L', document: 'docs/design/volume.md', code: 'src/controllers/volume/cluster' },
  { letter: 'P', document: 'docs/design/partition.md', code: 'src/controllers/partition' },
  { letter: 'M', document: 'docs/design/migration.md', code: 'src/controllers/migration' },
  { letter: 'T', document: 'docs/design/migration.md', code: 'src/controllers/migration' },
  { letter: 'Q', document: 'docs/design/migration.md', code: 'src/controllers/migration' },
  { letter: 'D', document: 'docs/design/nodedevice.md', code: 'src/controllers/nodedevice' },
];

const textsUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'));

const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1]!);
const sorted = (ids: Iterable<string>): string[] =>
  [...new Set(ids)].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));

/** First cells of table rows. */
const documented = ({ letter, document }: Rules) =>
  found(readFileSync(document, 'utf8'), new RegExp(`^\\| (${letter}\\d+) \\|`, 'gm'));
const inCode = ({ letter, code }: Rules) =>
  textsUnder(code).flatMap((text) => found(text, new RegExp(`\\b(${letter}\\d+)\\b`, 'g')));

/** Names of tests and of groups of tests. */
const testNames = textsUnder('test/unit')
  .flatMap((text) => [...text.matchAll(/(?:describe|test|it|\))\(\s*(['"`])((?:(?!\1).)*)\1/g)])
  .map((match) => match[2]!);
const inTests = ({ letter }: Rules) =>
  testNames.flatMap((name) => found(name, new RegExp(`\\b(${letter}\\d+)\\b`, 'g')));

describe.each(all)('rules $letter of $document', (rules) => {
  test('are numbered without a gap, each once', () => {
    const ids = documented(rules);
    expect(ids.length).toBeGreaterThan(2);
    expect(ids).toEqual(ids.map((_, index) => `${rules.letter}${index + 1}`));
  });
  test(`are those of the code in ${rules.code}`, () => {
    expect(sorted(inCode(rules))).toEqual(documented(rules));
  });
  test('are each the subject of a test', () => {
    expect(sorted(inTests(rules)).filter((id) => documented(rules).includes(id))).toEqual(documented(rules));
  });
});

/** Tried one after the other, from a list. */
const inOrder = all.filter(({ letter }) => ['C', 'N', 'M'].includes(letter));

test.each(inOrder)('rules $letter are tried in the order in which $document has them', (rules) => {
  const decide = readFileSync(join(rules.code, 'decide.ts'), 'utf8');
  const tried = found(decide, new RegExp(`^ +\\[\\s*'(${rules.letter}\\d+)',`, 'gm'));
  expect(tried.length).toBeGreaterThan(5);
  expect(tried).toEqual(documented(rules).filter((id) => tried.includes(id)));
});
