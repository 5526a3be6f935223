import { exportNQN } from '../../../../src/api/identity';
import type { MeshStorVolume } from '../../../../src/api/model';
import { cellBytes, type Cells, type SimWorld } from '../../../../src/host/sim';
import { memberDataOffsetBytes } from '../../../../src/api/layout';
import { contentOf, partitionsOn } from '../machines';
import type { Records } from './records';
import { stacksOf } from './stacks';
import type { Violations } from './violations';

/**
 * I3: what the record calls in sync, the array that consumers write through has and writes to. A member that md
 * dropped although it is recorded would miss the writes that are acknowledged from then on.
 */
export function checkRecord(violations: Violations, world: SimWorld, volume: MeshStorVolume): void {
  const { owner, inSync = [], array } = volume.status ?? {};
  if (!owner || !array?.createdAt) return;
  for (const stack of stacksOf(world, volume.metadata.uid!)) {
    const isOwners = stack.machine.name === owner.nodeName && stack.epoch === owner.epoch;
    if (!isOwners || !stack.device || stack.array.stopping) continue;
    for (const { slot, partitionUUID } of inSync) {
      const member = stack.members.find((candidate) => candidate.partitionUUID === partitionUUID);
      if (member?.md.state === 'inSync') continue;
      const state = member ? `is ${member.md.state} for md` : 'is not in the array';
      violations.add(`volume ${volume.metadata.name}: slot ${slot} is recorded in sync and ${state}`);
    }
  }
}

/** A drive that may have forgotten something since its member was recorded is not written to as that member. */
export function checkSessions(violations: Violations, world: SimWorld, { metadata, status }: MeshStorVolume): void {
  for (const { machine, array, members, epoch } of stacksOf(world, metadata.uid!)) {
    if (epoch !== status?.owner?.epoch || array.stopping) continue;
    for (const { partitionUUID, slot, driveSession } of status.inSync ?? []) {
      const member = members.find((candidate) => candidate.partitionUUID === partitionUUID);
      const path = member?.map.path;
      const controller = path && machine.kernel.imports.list().find(({ namespace }) => namespace === path);
      if (driveSession === undefined || !controller || !member.md.active) continue;
      if (controller.spec.nqn === exportNQN(metadata.uid!, partitionUUID, epoch, driveSession)) continue;
      violations.add(
        `volume ${metadata.name}: slot ${slot} is written to in another session of its drive than recorded`,
      );
    }
  }
}

/** Who was written to in one session of its drive is not counted on in another, unless its node's array ended with that. */
export function checkTrust(violations: Violations, now: MeshStorVolume, before: MeshStorVolume | undefined): void {
  if (now.spec.memberLossPolicy === 'Available') return;
  for (const { slot, memberUUID, driveSession, local } of before?.status?.inSync ?? []) {
    const kept = now.status?.inSync?.find((member) => member.memberUUID === memberUUID);
    if (!kept?.driveSession || !driveSession || local || kept.driveSession === driveSession) continue;
    violations.add(
      `volume ${now.metadata.name}: slot ${slot} is counted on, and its drive may have forgotten something`,
    );
  }
}

/**
 * Once nothing is under way, members that are recorded in sync and mirror each other have the same content.
 * What cannot be compared (a drive that is out, a node that is gone) is left out.
 */
export function compareMembers(violations: Violations, world: SimWorld, records: Records): void {
  const machines = [...world.nodes.values()];
  const found = new Map(machines.flatMap((machine) => partitionsOn(machine).map((p) => [p.uuid, { ...p, machine }])));
  for (const { metadata, spec, status } of records.volumes()) {
    const mirrors = Math.max(2, spec.numberOfCopies);
    const sets = new Map<number, { slot: number; content: Cells }[]>();
    for (const { partitionUUID, role, slot } of status?.inSync ?? []) {
      const partition = found.get(partitionUUID);
      if (!partition?.machine.drive(partition.extent.drive).present) continue;
      const { offsetBytes, sizeBytes } = partition.extent;
      const data = {
        ...partition.extent,
        offsetBytes: offsetBytes + memberDataOffsetBytes,
        sizeBytes: sizeBytes - memberDataOffsetBytes,
      };
      const set = Math.floor(role / mirrors);
      sets.set(set, [...(sets.get(set) ?? []), { slot, content: contentOf(partition.machine, data) }]);
    }
    for (const [first, ...rest] of sets.values()) {
      for (const other of rest) {
        const cell = firstDifference(first!.content, other.content);
        if (cell === undefined) continue;
        const where = `${(cell * cellBytes) / 1024} KiB behind the start of the data`;
        violations.add(`volume ${metadata.name}: slots ${first!.slot} and ${other.slot} differ ${where}`);
      }
    }
  }
}

function firstDifference(a: Cells, b: Cells): number | undefined {
  for (const cell of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a.get(cell), b.get(cell)];
    if (one !== other && JSON.stringify(one) !== JSON.stringify(other)) return cell;
  }
  return undefined;
}
