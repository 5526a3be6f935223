import { parseExportNQN } from '../../../../src/api/identity';
import type { SimNode, SimWorld } from '../../../../src/host/sim';
import { servedPartition } from '../../../../src/host/sim/agent/usage';
import { MultipathDevice } from '../../../../src/host/sim/kernel/dm/multipath';
import { PartitionDevice } from '../../../../src/host/sim/kernel/drives';
import type { KnownRecords } from './records';
import { canAcknowledge, stacksOf } from './stacks';
import type { Violations } from './violations';

/** I2: never two nodes whose writes to one volume would be acknowledged. */
export function checkWriters(violations: Violations, world: SimWorld, records: KnownRecords): void {
  for (const { metadata } of records.volumes()) {
    const writers = stacksOf(world, metadata.uid!).filter(canAcknowledge);
    if (writers.length < 2) continue;
    const names = writers.map(({ machine, epoch }) => `${machine.name} (epoch ${epoch})`);
    violations.add(`volume ${metadata.name}: ${names.join(' and ')} acknowledge writes at once`);
  }
}

/** I4: no partition is exported and held by its own node at once, nor exported under two epochs. */
export function checkExports(violations: Violations, world: SimWorld): void {
  for (const machine of [...world.nodes.values()].filter(({ on }) => on)) {
    const held = heldOn(machine);
    const epochs = new Map<string, number>();
    for (const subsystem of machine.kernel.nvmet.list()) {
      const uuid = servedPartition(subsystem);
      const { epoch = 0 } = parseExportNQN(subsystem.nqn) ?? {};
      if (uuid === undefined || !subsystem.namespace?.enabled || subsystem.namespace.fenced) continue;
      if (held.has(uuid)) violations.add(`${machine.name}: partition ${uuid} is exported and a member here`);
      const other = epochs.get(uuid);
      if (other !== undefined) violations.add(`${machine.name}: ${uuid} is exported under epochs ${other}, ${epoch}`);
      epochs.set(uuid, epoch);
    }
  }
}

/** UUIDs of the machine's own partitions that are under a member map. */
function heldOn({ kernel }: SimNode): Set<string> {
  const lowers = [...kernel.dm.list()].map((device) => (device instanceof MultipathDevice ? device.lower : undefined));
  return new Set(lowers.flatMap((lower) => (lower instanceof PartitionDevice ? [lower.uuid] : [])));
}
