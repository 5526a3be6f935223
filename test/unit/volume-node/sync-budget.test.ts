import { SyncBudget } from '../../../src/controllers/volume/node/sync-budget';

describe('the bandwidth that synchronisations of a node get', () => {
  const asked: string[] = [];
  const budget = () => new SyncBudget(200 * 1024 * 1000, (key) => asked.push(key));
  beforeEach(() => asked.splice(0));

  it('is all for one that is alone', () => {
    expect(budget().share('a', true)).toBe(200_000);
  });

  it('is shared, and those that have to give of theirs are told', () => {
    const shared = budget();
    shared.share('a', true);
    expect(shared.share('b', true)).toBe(100_000);
    expect(asked).toEqual(['a']);
    expect(shared.share('a', true)).toBe(100_000);
    expect(asked).toEqual(['a']);
  });

  it('goes to the others when one is done', () => {
    const shared = budget();
    shared.share('a', true);
    shared.share('b', true);
    asked.splice(0);
    shared.share('b', false);
    expect(asked).toEqual(['a']);
    expect(shared.share('a', true)).toBe(200_000);
  });

  it("is never nothing, which would be the system's own", () => {
    const small = new SyncBudget(1024, () => undefined);
    for (const key of ['a', 'b', 'c']) small.share(key, true);
    expect(small.share('a', true)).toBe(1);
  });
});
