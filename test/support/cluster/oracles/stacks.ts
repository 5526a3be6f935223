import { arrayUUID } from '../../../../src/api/identity';
import type { SimNode, SimWorld } from '../../../../src/host/sim';
import type { MemberIdentity } from '../../../../src/host/dm-names';
import { memberIdentity, volumeUIDOf } from '../../../../src/host/sim/agent/names';
import { LinearDevice } from '../../../../src/host/sim/kernel/dm/linear';
import { MultipathDevice } from '../../../../src/host/sim/kernel/dm/multipath';
import { PartitionDevice } from '../../../../src/host/sim/kernel/drives';
import type { MdArray } from '../../../../src/host/sim/kernel/md/array';
import { setOfRole, mirrorSets } from '../../../../src/host/sim/kernel/md/geometry';
import type { MdMember } from '../../../../src/host/sim/kernel/md/member';

/** A volume's array as one kernel runs it, with what is above and below. */
export interface Stack {
  readonly world: SimWorld;
  readonly machine: SimNode;
  readonly array: MdArray;
  /** What consumers open; undefined before it is made and after it is removed. */
  readonly device: LinearDevice | undefined;
  readonly members: readonly StackMember[];
  /** Under which its member maps were made. */
  readonly epoch: number;
}

export interface StackMember extends MemberIdentity {
  readonly map: MultipathDevice;
  readonly md: MdMember;
}

/** Every machine's stack of the volume. */
export function stacksOf(world: SimWorld, volumeUID: string): Stack[] {
  return [...world.nodes.values()].flatMap((machine) => stackOn(world, machine, volumeUID) ?? []);
}

function stackOn(world: SimWorld, machine: SimNode, volumeUID: string): Stack | undefined {
  const array = machine.on ? machine.kernel.md.find(arrayUUID(volumeUID)) : undefined;
  if (!array?.alive) return undefined;
  const members = array.members.flatMap((md): StackMember[] => {
    const map = md.device;
    const identity = map instanceof MultipathDevice ? memberIdentity(map) : undefined;
    return identity ? [{ ...identity, map: map as MultipathDevice, md }] : [];
  });
  const device = [...machine.kernel.dm.list()].find(
    (each): each is LinearDevice => each instanceof LinearDevice && volumeUIDOf(each) === volumeUID,
  );
  return { world, machine, array, device, members, epoch: Math.max(0, ...members.map(({ epoch }) => epoch)) };
}

/** Whether a write from above would be acknowledged now: no member of the array holds it up. */
export function canAcknowledge(stack: Stack): boolean {
  const { device, array, members } = stack;
  if (!device || device.suspended || array.broken || array.stopping) return false;
  const active = members.filter(({ md }) => md.active);
  const sets = new Set(active.map(({ md }) => setOfRole(array.geometry, md.role)));
  return sets.size === mirrorSets(array.geometry) && active.every((member) => answers(stack, member));
}

/** The member's map passes I/O on to a drive that can be reached, or fails it at once so that md drops the member. */
function answers({ world, machine }: Stack, { map }: StackMember): boolean {
  if (map.path instanceof PartitionDevice) return !map.path.parent.drive.hung;
  if (!map.path) return !map.queueing;
  const { path } = map;
  const controller = machine.kernel.imports.list().find(({ namespace }) => namespace === path);
  if (controller?.state !== 'live' || controller.namespace!.fenced) return false;
  const { network } = world;
  return network.connects(machine.name, network.nodeAt(controller.spec.address.address)!);
}
