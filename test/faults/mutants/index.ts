import { moveMutants } from './moves';
import type { Mutant } from './mutant';
import { providerMutants } from './provider';
import { recordMutants } from './record';

export const mutants: readonly Mutant[] = [...recordMutants, ...providerMutants, ...moveMutants];
