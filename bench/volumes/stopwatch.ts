import { parseExportNQN } from '../../src/api/identity';
import type { SimNode } from '../../src/host/sim';
import { volumeUIDOf } from '../../src/host/sim/agent/names';
import type { KernelEvent } from '../../src/host/sim/kernel/context';

/** Times from a kernel's event about a volume to the next call for that volume at the host agent of its node. */
export class Stopwatch {
  readonly took: number[] = [];
  readonly #ends: (() => void)[] = [];

  constructor(machines: readonly SimNode[]) {
    for (const machine of machines) this.#watch(machine);
  }

  stop(): void {
    for (const end of this.#ends) end();
  }

  #watch(machine: SimNode): void {
    /** Of the first event that nothing was done about yet, by volume. */
    const since = new Map<string, number>();
    const unlisten = machine.kernel.listen((event) => {
      const uid = volumeOf(event);
      if (uid !== undefined && !since.has(uid)) since.set(uid, performance.now());
    });
    machine.faults.interceptor = ({ request }, proceed) => {
      const uid = subjectOf(request);
      const start = uid === undefined ? undefined : since.get(uid);
      if (start !== undefined) this.took.push(performance.now() - start);
      if (uid !== undefined) since.delete(uid);
      return proceed();
    };
    this.#ends.push(unlisten, () => (machine.faults.interceptor = undefined));
  }
}

function volumeOf(event: KernelEvent): string | undefined {
  switch (event.subject) {
    case 'drive':
      return undefined;
    case 'import':
      return parseExportNQN(event.nqn)?.volumeUID;
    case 'dm':
      return volumeUIDOf(event);
    case 'md':
      return volumeUIDOf({ uuid: event.member });
  }
}

function subjectOf(request: { volumeUid?: string; volume?: { uid: string } }): string | undefined {
  return request.volumeUid ?? request.volume?.uid;
}
