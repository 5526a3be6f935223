import type { Timer } from '../../../../runtime/clock';
import type { Bio } from '../../hardware/bio';
import type { KernelContext } from '../context';
import { KernelDevice } from '../device';
import type { Done, KernelError } from '../errno';
import type { Bitmap } from './bitmap';
import { arrayCells, setOfRole } from './geometry';
import type { MdMember } from './member';
import { MetadataWriter } from './metadata';
import { Requests } from './requests';
import type { Geometry, MdSuperblock } from './superblock';
import { Synchroniser } from './synchroniser';

const mdMajor = 9;

export interface ArrayState {
  readonly uuid: string;
  readonly geometry: Geometry;
  readonly members: readonly MdMember[];
  readonly bitmap: Bitmap;
  readonly events: number;
  readonly clean: boolean;
}

/**
 * A running array. It drops a member at its first error and goes on acknowledging with the others; only the
 * last one of a set of mirrors is never dropped: then the array is broken and its writes fail.
 */
export class MdArray extends KernelDevice {
  readonly uuid: string;
  geometry: Geometry;
  readonly members: MdMember[];
  readonly bitmap: Bitmap;
  readonly metadata = new MetadataWriter(this);
  readonly sync: Synchroniser;
  readonly requests: Requests;
  events: number;
  clean: boolean;
  /** Started, and not read-write yet: no superblock was touched, and nothing is synchronised. */
  autoRead = true;
  broken = false;
  stopping = false;
  private stopped = false;
  private stopWaiters: Done[] = [];
  /** The members may differ in dirty chunks. */
  resyncNeeded: boolean;
  /**
   * A member without history got a role since the array started, and no synchronisation ended since: the next
   * one copies everything, whoever it is for.
   */
  fullSync = false;
  private canDecreaseEvents = false;
  private safeMode: Timer | undefined;
  private daemon: Timer | undefined;

  constructor(
    readonly context: KernelContext,
    name: string,
    state: ArrayState,
  ) {
    super(name, `${mdMajor}:${context.nextNumber()}`);
    this.uuid = state.uuid;
    this.geometry = state.geometry;
    this.members = [...state.members];
    this.bitmap = state.bitmap;
    this.events = state.events;
    this.clean = state.clean;
    this.resyncNeeded = !state.clean;
    this.fullSync = this.members.some((member) => member.state === 'recovering');
    this.sync = new Synchroniser(this);
    this.requests = new Requests(this);
  }

  get cells(): number {
    return arrayCells(this.geometry);
  }

  get sectorSize(): number {
    return Math.max(512, ...this.members.map(({ device }) => device.sectorSize));
  }

  override get alive(): boolean {
    return !this.stopped;
  }

  /** raid_devices less the members in sync. */
  get degraded(): number {
    return this.geometry.raidDevices - this.members.filter(({ state }) => state === 'inSync').length;
  }

  submit(bio: Bio): void {
    if (this.stopping) return bio.end('path');
    this.requests.submit(bio);
  }

  /** The role's own member; a copy of it that is being made is not meant. */
  memberInRole(role: number): MdMember | undefined {
    return this.members.find((member) => member.active && member.role === role && !member.isReplacement);
  }

  copyInRole(role: number): MdMember | undefined {
    return this.members.find((member) => member.active && member.role === role && member.isReplacement);
  }

  /** Role numbers, from 0. */
  get roles(): number[] {
    return Array.from({ length: this.geometry.raidDevices }, (_, role) => role);
  }

  /** Members that a set of mirrors is made of, being rebuilt or whole, and copies that are being made. */
  activeIn(set: number): MdMember[] {
    return this.members.filter((member) => member.active && setOfRole(this.geometry, member.role) === set);
  }

  inSyncIn(set: number): MdMember[] {
    return this.activeIn(set).filter(({ state }) => state === 'inSync');
  }

  superblockOf(member: MdMember): MdSuperblock {
    return {
      kind: 'md',
      ...this.geometry,
      arrayUUID: this.uuid,
      memberUUID: member.uuid,
      events: this.events,
      clean: this.clean,
      role: member.active ? member.role : -1,
      recoveryOffset: member.state === 'recovering' ? member.recoveryOffset : undefined,
      isReplacement: member.isReplacement,
      writeMostly: member.writeMostly,
      dataOffset: member.dataOffset,
      roles: this.roles.map((role) => this.memberInRole(role)?.uuid),
      copies: this.roles.map((role) => this.copyInRole(role)?.uuid),
      bitmap: this.bitmap.image(),
    };
  }

  /** The array's state changed in a way that its superblocks tell. */
  recordChange(): void {
    this.events++;
    this.canDecreaseEvents = false;
    this.metadata.update();
    this.changed();
  }

  /** Takes a member out after an error. False when it is the last of its set, which is kept: see the class. */
  fail(member: MdMember): boolean {
    if (member.state === 'faulty') return true;
    if (member.state === 'inSync' && this.inSyncIn(setOfRole(this.geometry, member.role)).length === 1) {
      this.broken = true;
      this.changed();
      return false;
    }
    this.expel(member);
    this.recordChange();
    this.sync.lost(member);
    return true;
  }

  /** A copy that was being made of it goes on, as the rebuilding of its role; one that it was itself is given up. */
  expel(member: MdMember): void {
    const copy = this.copyInRole(member.role);
    if (copy && copy !== member && member.active) copy.isReplacement = false;
    member.state = 'faulty';
    member.savedRole = -1;
    member.wantsReplacement = false;
    member.isReplacement = false;
  }

  // -- Writes -----------------------------------------------------------------------------------------------------

  /** Before the first write after a quiet time the superblocks have to say that the array is not clean. */
  beginWrites(): void {
    this.leaveAutoRead();
    if (!this.clean) return;
    this.clean = false;
    this.events++;
    this.canDecreaseEvents = this.degraded === 0;
    this.metadata.touch();
  }

  /** mdadm --readwrite, or the first write. The superblocks tell of it (measured: one event more). */
  leaveAutoRead(): void {
    if (!this.autoRead) return;
    this.autoRead = false;
    this.recordChange();
    this.sync.kick();
  }

  /** A write ended: md looks after the bitmap and, when no more follow, marks the array clean. */
  endedWrite(): void {
    const { clock, timings } = this.context;
    this.safeMode?.cancel();
    this.safeMode = clock.setTimer(timings.mdSafeModeMs, () => this.markClean());
    this.runDaemon();
  }

  runDaemon(): void {
    if (this.daemon || this.stopping || !this.bitmap.settling) return;
    this.daemon = this.context.clock.setTimer(this.context.timings.mdBitmapDaemonMs, () => {
      this.daemon = undefined;
      if (this.bitmap.clearIdle()) this.metadata.update();
      this.runDaemon();
    });
  }

  private markClean(): void {
    if (this.clean || this.requests.busy || this.resyncNeeded || this.broken) return;
    this.clean = true;
    if (this.degraded === 0 && this.canDecreaseEvents && this.events > 1) this.events--;
    else this.events++;
    this.canDecreaseEvents = false;
    this.bitmap.eventsCleared = Math.min(this.bitmap.eventsCleared, this.events);
    this.metadata.update();
  }

  // -- The end ------------------------------------------------------------------------------------------------------

  /** mdadm --stop: ends what runs, writes what has to be written, lets go of the members. */
  stop(done: Done): void {
    try {
      this.requireUnused();
    } catch (error) {
      return done(error as KernelError);
    }
    this.stopWaiters.push(done);
    if (this.stopping) return;
    this.stopping = true;
    this.sync.stop(() => this.requests.whenIdle(() => this.finalise()));
  }

  private finalise(): void {
    this.safeMode?.cancel();
    this.daemon?.cancel();
    if (!this.autoRead && !this.resyncNeeded) this.markClean();
    // Stopping flushes the bitmap: bits that would have been cleared by and by are cleared now.
    if (!this.autoRead && [1, 2].map(() => this.bitmap.clearIdle()).includes(true)) this.metadata.update();
    const end = () => {
      this.stopped = true;
      for (const { device } of this.members) device.release();
      this.changed();
      for (const done of this.stopWaiters.splice(0)) done(undefined);
    };
    if (this.autoRead || this.broken) end();
    else this.metadata.settle(end);
  }

  changed({ progress = false } = {}): void {
    const member = this.members[0] as { device: { uuid?: string } } | undefined;
    this.context.notify({ subject: 'md', member: member?.device.uuid ?? '', progress });
  }
}
