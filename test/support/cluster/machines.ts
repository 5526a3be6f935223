import { arrayUUID, parseExportNQN } from '../../../src/api/identity';
import { partitionLabelPrefix } from '../../../src/api/identity';
import { cellBytes, type SimNode } from '../../../src/host/sim';
import { memberIdentity } from '../../../src/host/sim/agent/names';
import { isMetadata } from '../../../src/host/sim/hardware/cells';
import { MultipathDevice } from '../../../src/host/sim/kernel/dm/multipath';
import { tableCell, type PartitionEntry, type PartitionTable } from '../../../src/host/sim/kernel/gpt';
import type { MdArray } from '../../../src/host/sim/kernel/md/array';
import type { Extent, RunningArray } from '../../integration/suite/world';

/** What can be seen on simulated machines, by those who may look at media and into kernels. */

export interface FoundPartition {
  readonly extent: Extent;
  readonly uuid: string;
}

/** MeshStor's partitions by what is written on the drives, also of a machine that is off. */
export function partitionsOn(machine: SimNode): FoundPartition[] {
  return machine.drives.flatMap((drive) => {
    const table = drive.peek(tableCell);
    if (!isMetadata<PartitionTable>(table, 'gpt')) return [];
    return table.entries
      .filter(({ name }) => name.startsWith(partitionLabelPrefix))
      .map((entry) => ({ extent: extentOf(machine.name, drive.id, entry), uuid: entry.uuid }));
  });
}

const extentOf = (node: string, drive: string, { start, cells }: PartitionEntry): Extent => ({
  node,
  drive,
  offsetBytes: start * cellBytes,
  sizeBytes: cells * cellBytes,
});

/** Cells of the stretch that are not blank, by their distance from its start. */
export function contentOf(machine: SimNode, { drive, offsetBytes, sizeBytes }: Extent) {
  return machine.drive(drive).peekRange(offsetBytes / cellBytes, sizeBytes / cellBytes);
}

/** The running array of a volume, unless the machine is off or does not run it. */
export const arrayOn = (machine: SimNode, volumeUID: string): MdArray | undefined =>
  machine.on ? machine.kernel.md.find(arrayUUID(volumeUID)) : undefined;

export function describeArray(machines: Iterable<SimNode>, on: SimNode, array: MdArray): RunningArray {
  const { level, raidDevices, chunkCells } = array.geometry;
  const homes = new Map([...machines].flatMap((each) => partitionsOn(each).map(({ uuid }) => [uuid, each.name])));
  const roles = Array.from({ length: raidDevices }, (_, role) => {
    const device = array.memberInRole(role)?.device;
    return device instanceof MultipathDevice ? homes.get(memberIdentity(device)?.partitionUUID ?? '') : undefined;
  });
  const chunkBytes = level === 'raid10' ? chunkCells * cellBytes : undefined;
  return { node: on.name, level, raidDevices, chunkBytes, nodes: roles, sizeBytes: array.cells * cellBytes };
}

export const exportsOn = (machine: SimNode, volumeUID: string): string[] =>
  !machine.on
    ? []
    : machine.kernel.nvmet
        .list()
        .filter(({ nqn }) => parseExportNQN(nqn)?.volumeUID === volumeUID)
        .map(({ nqn }) => `${machine.name} ${nqn}`);

/** Everything of MeshStor's on a machine, in words. */
export function tracesOn(machine: SimNode): string[] {
  const { name } = machine;
  const partitions = partitionsOn(machine).map(({ uuid }) => `${name}: partition ${uuid}`);
  if (!machine.on) return partitions;
  const { nvmet, imports, dm, md, mounts } = machine.kernel;
  return [
    ...partitions,
    ...nvmet.list().map(({ nqn }) => `${name}: export ${nqn}`),
    ...imports.list().map(({ spec }) => `${name}: import ${spec.nqn}`),
    ...[...dm.list()].map((device) => `${name}: map ${device.name}`),
    ...md.list().map(({ uuid }) => `${name}: array ${uuid}`),
    ...[...mounts.list()].map(({ path }) => `${name}: mount ${path}`),
  ];
}
