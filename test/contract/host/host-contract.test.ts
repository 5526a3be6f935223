import { newSimWorld, simAbilities } from './sim-world';
import { describeHostContract } from './suite';

describeHostContract('simulated', simAbilities, async () => newSimWorld());
