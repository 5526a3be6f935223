import { defaultLimits, isAhead, queuedBehind, type Claim } from '../../../src/controllers/migration/queue';
import { claim, move } from './view';

const me = claim('me', { createdAt: '2026-01-02T00:00:00Z' });
const turn = (...others: Claim[]) => queuedBehind({ me, others, limits: defaultLimits }, 'node1', [move]);
const running = (name: string, owner: string, ...targets: string[]) => claim(name, { started: true, owner, targets });

describe('whose turn it is', () => {
  test('Q1: one migration a volume', () => {
    expect(turn(claim('other', { volumeName: me.volumeName, started: true }))).toContain('other');
    expect(turn(claim('other', { started: true, owner: 'node8', targets: ['node9'] }))).toBeUndefined();
  });
  test.each<[string, Claim[]]>([
    ['the owner', [running('a', 'node1', 'node8'), running('b', 'node7', 'node1')]],
    ['the target', [running('a', 'node3', 'node8'), running('b', 'node7', 'node3')]],
  ])('Q2: at most two synchronisations on %s', (_, others) => {
    expect(turn(others[0]!)).toBeUndefined();
    expect(turn(...others)).toContain('a, b');
  });
  test('Q2: at most one between two nodes', () => {
    expect(turn(running('a', 'node1', 'node3'))).toContain('from node1 to node3');
  });
  test('Q2: taking a copy away copies nothing, and waits for nobody else', () => {
    const others = [running('a', 'node1', 'node3'), running('b', 'node1', 'node8')];
    expect(queuedBehind({ me, others, limits: defaultLimits }, 'node1', [{ source: 'pvc-1-1' }])).toBeUndefined();
  });
  test('Q2 and Q3: one that is paused takes nobody’s place', () => {
    const paused = { started: true, paused: true, owner: 'node1', targets: ['node3'] };
    expect(turn(claim('a', paused), claim('b', paused))).toBeUndefined();
    const waiting = claim('urgent', { lacking: 1, inSync: 1, paused: true });
    expect(turn(waiting, running('a', 'node1', 'node8'))).toBeUndefined();
  });
  test('Q3: those that are more urgent take the places that are left', () => {
    const urgent = claim('urgent', { lacking: 1, inSync: 1 });
    expect(turn(urgent)).toBeUndefined();
    expect(turn(urgent, running('a', 'node1', 'node8'))).toContain('urgent');
  });
  test.each<[string, Partial<Claim>, Partial<Claim>]>([
    ['what lacks a member', { lacking: 1 }, { lacking: 0 }],
    ['what has fewer members left', { lacking: 1, inSync: 1 }, { lacking: 1, inSync: 2 }],
    ['a repair', { reason: 'MemberMissing' }, { reason: 'User' }],
    ['the older one', { createdAt: '2026-01-01T00:00:00Z' }, { createdAt: '2026-01-02T00:00:00Z' }],
  ])('Q3: %s is ahead', (_, a, b) => {
    expect([isAhead(claim('x', a), claim('x', b)), isAhead(claim('x', b), claim('x', a))]).toEqual([true, false]);
  });
});
