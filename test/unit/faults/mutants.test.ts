import { readFileSync } from 'node:fs';
import { mutants } from '../../faults/mutants';
import { scenarios } from '../../faults/scenarios';

const named = mutants.map((mutant) => [mutant.name, mutant] as const);
const known = scenarios.map(({ name }) => name);

describe('a broken rule of the suite of faults', () => {
  test.each(named)('%s is a rule as the code has it now', (_, { edits }) => {
    for (const { file, find } of edits) expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2);
  });
  test.each(named)('%s changes something, and is looked for in scenarios that there are', (_, mutant) => {
    expect(mutant.edits.some(({ find, replace }) => find !== replace)).toBe(true);
    expect(mutant.scenarios.filter((name) => !known.includes(name))).toEqual([]);
    expect(mutant.scenarios.length).toBeGreaterThan(0);
  });
});
