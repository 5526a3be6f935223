import type { Scenario } from '../stage';
import { cutOffOwners } from './cut-off';
import { living } from './living';
import { losing } from './losing';
import { moving } from './moving';

export const scenarios: readonly Scenario[] = [...living, ...moving, ...losing, ...cutOffOwners];

export function scenarioOf(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found)
    throw new Error(`there is no scenario "${name}"; there are ${scenarios.map((each) => each.name).join(', ')}`);
  return found;
}
