import type { MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { partitions, volumes } from '../../../src/api/resources';
import type { HostVerb } from '../../../src/host/contract';
import type { SimWorld } from '../../../src/host/sim';
import type { KubeClient } from '../../../src/runtime/kube/client';
import { checkDestruction } from '../../support/cluster/oracles/destruction';
import type { KnownRecords } from '../../support/cluster/oracles/records';
import { Violations } from '../../support/cluster/oracles/violations';
import { checkExports, checkWriters } from '../../support/cluster/oracles/writers';
import type { Watchman } from '../../support/real-time/world';

const watched = new Set<HostVerb>([
  ...(['wipePartition', 'deletePartition', 'createPartition', 'applyExport', 'createArray', 'formatVolume'] as const),
  ...(['addArrayMember', 'assembleArray'] as const),
]);

/** Asks the server, before every verb that destroys or makes something, whether the objects allow it at that moment. */
export class ServerWatchman implements Watchman {
  readonly #violations = new Violations();

  constructor(
    private readonly world: SimWorld,
    private readonly kube: KubeClient,
  ) {
    for (const machine of world.nodes.values()) {
      machine.faults.interceptor = async (call, proceed) => {
        if (!watched.has(call.verb)) return proceed();
        const records = await this.#ask();
        checkDestruction(this.#violations, records, call);
        const result = await proceed();
        checkWriters(this.#violations, this.world, records);
        checkExports(this.#violations, this.world);
        return result;
      };
    }
  }

  check(): void {
    this.#violations.check();
  }

  async #ask(): Promise<KnownRecords> {
    const [known, made] = await Promise.all([this.kube.list(volumes), this.kube.list(partitions)]);
    return new Snapshot(known.items, made.items);
  }
}

class Snapshot implements KnownRecords {
  constructor(
    private readonly known: MeshStorVolume[],
    private readonly made: MeshStorPartition[],
  ) {}

  volumes = (): MeshStorVolume[] => this.known;
  partitions = (): MeshStorPartition[] => this.made;
  volume = (uid: string): MeshStorVolume | undefined => this.known.find(({ metadata }) => metadata.uid === uid);
}
