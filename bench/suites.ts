import type { Suite } from './suite';
import { controllerCost } from './controller/cost';
import { idle, idleFull } from './idle/idle';
import { apiWrites } from './volumes/api-writes';
import { createRate } from './volumes/create-rate';
import { reaction } from './volumes/reaction';
import { kernelSuite } from './kernel';

/** All there are, in the order in which they run. */
export const suites: readonly Suite[] = [createRate, apiWrites, reaction, controllerCost, idle, idleFull, kernelSuite];
