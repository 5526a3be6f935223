import { useWorld } from '../../integration/suite/use';
import { VirtualWorld, type VirtualOptions } from './virtual-world';

/** What a test may take of real time on a busy machine; virtual time has limits of its own. */
const patienceMs = 120_000;

/** A world on virtual time for each test of this block (see `useWorld`). */
export function useVirtualWorld(options: VirtualOptions = {}) {
  jest.setTimeout(patienceMs);
  return useWorld(() => VirtualWorld.start(options));
}
