import { writeDurably } from '../../hardware/bio';
import { blank, cellBytes } from '../../hardware/cells';
import { randomUUID, type KernelContext } from '../context';
import type { KernelDevice } from '../device';
import { KernelError, type Done } from '../errno';
import { MdArray, type ArrayState } from './array';
import { chooseMembers, examine, type Found } from './assemble';
import { Bitmap } from './bitmap';
import { arrayCells, bitmapCells } from './geometry';
import { MdMember, mdHolder } from './member';
import { superblockCell, type Geometry, type MdSuperblock } from './superblock';

interface CreateArray {
  readonly uuid: string;
  readonly level: 'raid1' | 'raid10';
  readonly mirrors: number;
  readonly chunkCells: number;
  readonly dataOffset: number;
  /** By role; undefined for `missing`. */
  readonly devices: readonly ({ device: KernelDevice; writeMostly: boolean } | undefined)[];
}

/** md and mdadm: the node's arrays. No bad-block lists are kept. */
export class MdArrays {
  private readonly arrays = new Map<string, MdArray>();
  private minor = 127;

  constructor(private readonly context: KernelContext) {}

  list(): MdArray[] {
    return [...this.arrays.values()];
  }

  find(uuid: string): MdArray | undefined {
    return this.arrays.get(uuid);
  }

  /** mdadm --create. Writes superblocks over whatever is there. */
  create(spec: CreateArray, done: Done<MdArray>): void {
    const present = spec.devices.flatMap((entry) => (entry ? [entry.device] : []));
    let geometry: Geometry;
    try {
      geometry = geometryOf(spec);
    } catch (refusal) {
      return done(refusal as KernelError);
    }
    this.claimAll(present, spec.uuid, done, () => {
      const array = this.start({
        uuid: spec.uuid,
        geometry,
        members: spec.devices.flatMap((entry, role) => (entry ? [newMember(this.context, spec, entry, role)] : [])),
        bitmap: new Bitmap(0),
        events: 0,
        // A RAID1 of one member is clean from the start; anything else is resynchronised first (measured).
        clean: spec.level === 'raid1' && present.length === 1,
      });
      array.autoRead = false;
      const componentChunks = Math.ceil(array.geometry.componentCells / bitmapCells(array.geometry));
      array.bitmap.needAll(componentChunks);
      array.metadata.touch();
      array.metadata.settle(() => {
        array.sync.kick();
        done(undefined, array);
      });
    });
  }

  /** mdadm --assemble of these devices, in this order. */
  assemble(devices: readonly KernelDevice[], options: { run?: boolean; force?: boolean }, done: Done<MdArray>): void {
    this.examineAll(devices, (error, found = []) => {
      if (error) return done(error);
      let state: ArrayState;
      try {
        state = chooseMembers(found, options);
      } catch (refusal) {
        return done(refusal as KernelError);
      }
      const members = state.members.map(({ device }) => device);
      this.claimAll(members, state.uuid, done, () => done(undefined, this.start(state)));
    });
  }

  /** mdadm --stop. EBUSY while it is open. */
  stop(array: MdArray, done: Done): void {
    array.stop((error) => {
      if (!error) this.arrays.delete(array.uuid);
      done(error);
    });
  }

  /** mdadm --add of a device without history: it gets a role when one is free, and is copied in whole. */
  add(array: MdArray, device: KernelDevice, options: { writeMostly: boolean; dataOffset: number }): MdMember {
    if (device.cells < options.dataOffset + array.geometry.componentCells) {
      throw new KernelError('ENOSPC', `${device.name} is not large enough to join the array`);
    }
    if (device.sectorSize > array.sectorSize) {
      throw new KernelError('EINVAL', `${device.name} has larger sectors than the array`);
    }
    device.claim(mdHolder);
    const uuid = randomUUID(this.context.random);
    return this.join(array, new MdMember(device, uuid, options.dataOffset, options.writeMostly));
  }

  /**
   * mdadm --re-add. md believes the member's own role and event count: what was written to it elsewhere in the
   * meantime is not looked for. A RAID1 whose roles are all taken has it as a spare, which remembers that it was a
   * member once: in a role that it gets later it is brought up to date by what the bitmap tells then (measured:
   * in sync at once, without what was written while it was a spare).
   */
  reAdd(array: MdArray, device: KernelDevice, superblock: MdSuperblock): MdMember {
    const { role, recoveryOffset, events, memberUUID, dataOffset, writeMostly } = superblock;
    const possible =
      superblock.arrayUUID === array.uuid &&
      role >= 0 &&
      recoveryOffset === undefined &&
      events >= array.bitmap.eventsCleared &&
      superblock.componentCells === array.geometry.componentCells &&
      (array.geometry.level === 'raid1' || !array.memberInRole(role));
    if (!possible) throw new KernelError('EINVAL', `--re-add for ${device.name} to ${array.name} is not possible`);
    device.claim(mdHolder);
    const member = new MdMember(device, memberUUID, dataOffset, writeMostly);
    member.savedRole = role;
    return this.join(array, member);
  }

  /** mdadm --replace OLD --with SPARE. The old one is marked in any case. */
  replace(array: MdArray, old: MdMember, spare: MdMember): void {
    old.wantsReplacement = true;
    if (spare.state !== 'spare') {
      throw new KernelError('EBUSY', `${spare.device.name} is active and cannot be a replacement`);
    }
    array.sync.copyOnto(old, spare);
    array.leaveAutoRead();
    array.recordChange();
    array.sync.kick({ changed: true });
  }

  /**
   * md/raid_disks of a RAID1. Waits for the writes under way. Gaps are closed: members behind an empty role get
   * lower ones (measured).
   */
  resize(array: MdArray, raidDevices: number, done: Done): void {
    array.requests.whenIdle(() => {
      const members = array.roles.map((role) => array.memberInRole(role)).filter((member) => member !== undefined);
      if (array.autoRead) return done(new KernelError('EROFS', `${array.name} is read-only`));
      if (array.sync.action !== 'idle' || members.length > raidDevices) {
        return done(new KernelError('EBUSY', `${array.name} cannot have ${raidDevices} devices now`));
      }
      members.forEach((member, role) => (member.role = role));
      array.geometry = { ...array.geometry, raidDevices, mirrors: raidDevices };
      array.recordChange();
      array.sync.kick({ changed: true });
      array.metadata.settle(() => done(undefined));
    });
  }

  /** mdadm --remove: of a faulty member or a spare. */
  remove(array: MdArray, member: MdMember): void {
    const isUsed = member.active || member.busy;
    if (isUsed) throw new KernelError('EBUSY', `${member.device.name} is in use by ${array.name}`);
    array.members.splice(array.members.indexOf(member), 1);
    member.device.release();
    array.recordChange();
    array.sync.kick({ changed: true });
  }

  /** mdadm --zero-superblock. */
  zeroSuperblock(device: KernelDevice, done: Done): void {
    if (device.heldBy === mdHolder) return done(new KernelError('EBUSY', `${device.name} is in use by md`));
    writeDurably(device, superblockCell, blank, (error) => {
      done(error && new KernelError('EIO', `${device.name} cannot be written`));
    });
  }

  private join(array: MdArray, member: MdMember): MdMember {
    array.members.push(member);
    array.leaveAutoRead();
    array.recordChange();
    array.sync.kick({ changed: true });
    return member;
  }

  private start(state: ArrayState): MdArray {
    const array = new MdArray(this.context, `md${this.minor++}`, state);
    this.arrays.set(array.uuid, array);
    array.changed();
    return array;
  }

  private claimAll(devices: readonly KernelDevice[], uuid: string, done: Done<MdArray>, then: () => void): void {
    const claimed: KernelDevice[] = [];
    try {
      if (this.arrays.has(uuid)) throw new KernelError('EBUSY', `an array ${uuid} runs already`);
      for (const device of devices) {
        if (device.heldBy !== undefined) throw new KernelError('EBUSY', `${device.name} is busy - skipping`);
        device.claim(mdHolder);
        claimed.push(device);
      }
    } catch (error) {
      for (const device of claimed) device.release();
      return done(error as KernelError);
    }
    then();
  }

  private examineAll(devices: readonly KernelDevice[], done: Done<Found[]>): void {
    const found: (Found | undefined)[] = [];
    let failure: KernelError | undefined;
    let left = devices.length;
    devices.forEach((device, index) => {
      examine(device, (error, superblock) => {
        if (superblock) found[index] = { device, superblock };
        else failure ??= error ?? new KernelError('EINVAL', `no superblock on ${device.name}`);
        if (--left === 0) done(failure, found as Found[]);
      });
    });
  }
}

function newMember(
  { random }: KernelContext,
  { dataOffset }: CreateArray,
  { device, writeMostly }: { device: KernelDevice; writeMostly: boolean },
  role: number,
): MdMember {
  const member = new MdMember(device, randomUUID(random), dataOffset, writeMostly);
  member.role = role;
  member.state = 'inSync';
  return member;
}

function geometryOf({ level, mirrors, chunkCells, dataOffset, devices }: CreateArray): Geometry {
  const smallest = Math.min(...devices.flatMap((entry) => (entry ? [entry.device.cells] : [])));
  const step = level === 'raid10' ? chunkCells : 1;
  const componentCells = Math.floor((smallest - dataOffset) / step) * step;
  const geometry: Geometry = { level, raidDevices: devices.length, mirrors, chunkCells, componentCells };
  if (componentCells < 1 || arrayCells(geometry) < 1) {
    throw new KernelError('ENOSPC', `a member of ${smallest * cellBytes} bytes is too small`);
  }
  return geometry;
}
