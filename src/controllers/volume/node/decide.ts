import type { Action } from './actions';
import { assembly, connections, degradedStart, firstArray, memberMaps } from './build';
import { fileSystem, gains, joins, volumeDevice } from './grow';
import { losses } from './losses';
import { replacements, retirements, roles } from './replace';
import { syncLimits } from './sync-limits';
import { fencedOff, leftovers, notMine, notWanted } from './take-down';
import { owned, type OwnedView, type View } from './view';

export interface Decision {
  /** The rule with work, or the one that waits; undefined when all is as it should be. */
  readonly rule: string | undefined;
  readonly actions: readonly Action[];
}

/** Undefined: the rule does not apply. An empty list: it does, and waits; later rules must not run. */
type Rule = (view: OwnedView) => Action[] | undefined;

// docs/design/volume.md, "Node half".
const rules: readonly (readonly [string, Rule])[] = [
  ['N1', fencedOff],
  ['N2', notWanted],
  ['N3', leftovers],
  ['N4', losses],
  ['N5', connections],
  ['N6', memberMaps],
  ['N7', firstArray],
  ['N8', assembly],
  ['N9', degradedStart],
  ['N10', retirements],
  ['N11', roles],
  ['N12', joins],
  ['N13', replacements],
  ['N14', gains],
  ['N15', volumeDevice],
  ['N16', fileSystem],
  ['N17', syncLimits],
];

/** The next steps for one volume on this node. Pure; the first rule with work wins. */
export function decide(view: View): Decision {
  const mine = owned(view);
  if (!mine) return { rule: 'N1', actions: notMine(view) };
  for (const [rule, of] of rules) {
    const actions = of(mine);
    if (actions) return { rule, actions };
  }
  return { rule: undefined, actions: [] };
}
