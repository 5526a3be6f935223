import { SyncBudget } from '../../../src/controllers/volume/node/sync-budget';
import { FakeClock } from '../../support/fake-clock';

describe('the bandwidth that synchronisations of a node get', () => {
  let asked: string[];
  let clock: FakeClock;
  let budget: SyncBudget;
  beforeEach(() => {
    asked = [];
    clock = new FakeClock();
    budget = new SyncBudget(clock, 200 * 1024 * 1000, (key) => asked.push(key));
  });

  it('is all for one that is alone', () => {
    expect(budget.share('a', true)).toBe(200_000);
  });

  it('is shared soon, and those that share it are told then, once', async () => {
    for (const key of ['a', 'b', 'c', 'd']) budget.share(key, true);
    expect(asked).toEqual([]);
    await clock.advance(1_000);
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
    expect(budget.share('a', true)).toBe(50_000);
    await clock.advance(60_000);
    expect(asked).toHaveLength(4);
  });

  it('goes to the others when one is done', async () => {
    for (const key of ['a', 'b']) budget.share(key, true);
    await clock.advance(1_000);
    asked.splice(0);
    budget.share('b', false);
    await clock.advance(1_000);
    expect(asked).toEqual(['a']);
    expect(budget.share('a', true)).toBe(200_000);
  });

  it('disturbs nobody for those that come and go meanwhile', async () => {
    budget.share('a', true);
    budget.share('b', true);
    budget.share('b', false);
    await clock.advance(60_000);
    expect(asked).toEqual([]);
  });

  it('is never less for an array than what md gives it by itself', async () => {
    budget = new SyncBudget(clock, 2 * 1024 * 1000, () => undefined);
    for (const key of ['a', 'b', 'c']) budget.share(key, true);
    await clock.advance(1_000);
    expect(budget.share('a', true)).toBe(1_000);
  });
});
