import type { Timer } from '../../../../runtime/clock';
import type { IoError } from '../../hardware/bio';
import { cellBytes, type Cells } from '../../hardware/cells';
import type { MdArray } from './array';
import { bitmapCells, bitmapChunk, mirrorSets, setOfRole } from './geometry';
import type { MdMember } from './member';

interface Stretch {
  readonly start: number;
  readonly count: number;
}

/** Longest time between two steps, in ms, and the number of steps in which a whole array is copied at most. */
const longestStepMs = 2_000;
const steps = 50;

/** dev.raid.speed_limit_min */
export const systemFloorKib = 1_000;

/** Time of a step that copies nothing, in ms (measured: 0.6 s for the whole of 700 MiB). */
const idleStepMs = 10;

/**
 * Recovery (rebuilding members) and resync (making members agree after an unclean stop), one at a time, stretch
 * by stretch. Writes to the stretch in hand wait; everything else goes on.
 */
export class Synchroniser {
  action: 'idle' | 'recover' | 'resync' = 'idle';
  /** Cells of the components that are done, of how many. */
  position = 0;
  copying: Stretch | undefined;
  /** KiB/s; 0: the system's default. */
  limitKibPerSecond = 0;
  /** KiB/s (sync_speed_min). Nothing gives way to other I/O here, so that it only shows. */
  floorKibPerSecond = systemFloorKib;
  private timer: Timer | undefined;
  private targets: MdMember[] = [];
  private stopped: (() => void) | undefined;
  /** A source could not be read: no new attempt until the members change. */
  private disabled = false;

  constructor(private readonly array: MdArray) {}

  get total(): number {
    return this.array.geometry.componentCells;
  }

  /** Starts what is to be done. Rebuilding goes before making agree, unless that is already under way. */
  kick({ changed = false } = {}): void {
    const { array } = this;
    if (changed) this.disabled = false;
    if (this.action !== 'idle' || array.autoRead || array.broken || array.stopping || this.disabled) return;
    this.giveRoles();
    this.targets = array.members.filter(({ state }) => state === 'recovering');
    if (this.targets.length > 0) this.begin('recover', Math.min(...this.targets.map((t) => t.recoveryOffset)));
    else if (array.resyncNeeded) this.begin('resync', 0);
  }

  /** The member is out. */
  lost(member: MdMember): void {
    if (!this.targets.includes(member)) return;
    this.targets = this.targets.filter((target) => target !== member);
    if (this.action === 'recover' && this.targets.length === 0 && !this.copying) this.end();
  }

  /** Ends what runs, for a stop of the array: waits for the stretch in hand. */
  stop(done: () => void): void {
    this.timer?.cancel();
    if (this.copying) this.stopped = done;
    else done();
  }

  /**
   * Spares, the latest first, get the lowest free role; one that comes back gets its own if that is free. Where none
   * is, they take the place of a member that is to be left.
   */
  private giveRoles(): void {
    const { array } = this;
    for (const member of [...array.members].reverse()) {
      if (member.state !== 'spare') continue;
      const free = array.roles.filter(
        (role) => !array.memberInRole(role) && array.inSyncIn(setOfRole(array.geometry, role)).length > 0,
      );
      const role = member.savedRole >= 0 && free.includes(member.savedRole) ? member.savedRole : free[0];
      if (role === undefined) {
        this.copyTheUnwanted(member);
        continue;
      }
      if (array.geometry.level === 'raid1' ? member.savedRole < 0 : member.savedRole !== role) array.fullSync = true;
      member.role = role;
      member.state = 'recovering';
      member.recoveryOffset = 0;
    }
  }

  /** The spare becomes the copy of the first member that is to be left and has none. */
  private copyTheUnwanted(spare: MdMember): void {
    const { array } = this;
    const unwanted = array.roles
      .map((role) => array.memberInRole(role))
      .find((member) => member?.wantsReplacement === true && !array.copyInRole(member.role));
    if (unwanted) this.copyOnto(unwanted, spare);
  }

  /** From now on the spare gets every write, and in time all that was there before. */
  copyOnto(member: MdMember, spare: MdMember): void {
    spare.role = member.role;
    spare.state = 'recovering';
    spare.isReplacement = true;
    spare.savedRole = -1;
    spare.recoveryOffset = 0;
    this.array.fullSync = true;
  }

  private begin(action: 'recover' | 'resync', position: number): void {
    this.action = action;
    this.position = position;
    this.array.recordChange();
    this.step();
  }

  /** A resync over sets of one member each, as of a RAID10 of one copy that was just made. */
  private get nothingToCopy(): boolean {
    const sets = Array.from({ length: mirrorSets(this.array.geometry) }, (_, set) => set);
    return this.action === 'resync' && sets.every((set) => this.array.inSyncIn(set).length < 2);
  }

  private get ratePerMs(): number {
    const { timings } = this.array.context;
    const kib = Math.min(this.limitKibPerSecond || Infinity, timings.mdSyncKibPerSecond);
    return (kib * 1024) / cellBytes / 1000;
  }

  private step(): void {
    if (this.array.stopping) return;
    if (this.action === 'recover' && this.targets.length === 0) return this.end();
    const budget = Math.max(this.ratePerMs * 10, Math.min(this.total / steps, this.ratePerMs * longestStepMs));
    const stretch = this.next(Math.ceil(budget));
    if (!stretch) return this.end();
    this.position = stretch.start;
    const ms = this.nothingToCopy ? idleStepMs : stretch.count / this.ratePerMs;
    this.timer = this.array.context.clock.setTimer(ms, () => this.copy(stretch));
  }

  /** The next stretch to copy: all of it for a member without history, else what the bitmap names. */
  private next(budget: number): Stretch | undefined {
    const { array } = this;
    if (this.action === 'recover' && array.fullSync) {
      const count = Math.min(budget, this.total - this.position);
      return count > 0 ? { start: this.position, count } : undefined;
    }
    const chunkCells = bitmapCells(array.geometry);
    for (let start = this.position; start < this.total;) {
      const chunk = bitmapChunk(array.geometry, start);
      const end = Math.min((chunk + 1) * chunkCells, this.total);
      if (array.bitmap.isDirty(chunk)) return { start, count: Math.min(budget, end - start) };
      start = end;
    }
    return undefined;
  }

  // -- Copying --------------------------------------------------------------------------------------------------------

  private copy(stretch: Stretch): void {
    const { array } = this;
    this.copying = stretch;
    array.requests.whenIdle(
      () => {
        const sets = mirrorSets(array.geometry);
        let left = sets;
        let good = true;
        for (let set = 0; set < sets; set++) {
          this.copySet(stretch, set, [], (copied) => {
            good &&= copied;
            if (--left === 0) this.copied(stretch, good);
          });
        }
      },
      stretch.start,
      stretch.count,
    );
  }

  /** Copies within one set of mirrors; `tried` are the sources that could not be read. */
  private copySet(stretch: Stretch, set: number, tried: readonly MdMember[], done: (copied: boolean) => void): void {
    const { array } = this;
    const whole = array.inSyncIn(set);
    const source = whole.find((member) => !tried.includes(member));
    const targets = this.action === 'resync' ? whole.filter((m) => m !== source) : this.targetsIn(set);
    if (targets.length === 0) return done(true);
    if (!source) return done(false);
    const start = source.dataOffset + stretch.start;
    const end = (error: IoError | undefined, data?: Cells) => {
      if (!error) return this.copyTo(stretch, targets, data!, done);
      if (error === 'path') array.fail(source);
      this.copySet(stretch, set, [...tried, source], done);
    };
    source.submit({ op: 'read', start, count: stretch.count, end });
  }

  private copyTo({ start, count }: Stretch, targets: readonly MdMember[], data: Cells, done: (copied: true) => void) {
    let left = targets.length;
    for (const target of targets) {
      const end = (error: IoError | undefined) => {
        if (error) this.array.fail(target);
        if (--left === 0) done(true);
      };
      target.submit({ op: 'write', start: target.dataOffset + start, count, data, end });
    }
  }

  private targetsIn(set: number): MdMember[] {
    return this.targets.filter(({ role }) => setOfRole(this.array.geometry, role) === set);
  }

  private copied({ start, count }: Stretch, good: boolean): void {
    const { array } = this;
    this.copying = undefined;
    if (good) {
      this.position = start + count;
      for (const target of this.targets) target.recoveryOffset = this.position;
      this.settleBitmap(start, this.position);
    }
    array.requests.resume();
    if (this.stopped) return this.stopped();
    if (!good) this.giveUp();
    else {
      array.changed({ progress: true });
      this.step();
    }
  }

  /**
   * Chunks that were copied need no more. RAID1 keeps them while yet another role is vacant; RAID10 does not.
   * Either forgets what an absent member lacks whose role, or neighbour, is being rebuilt (measured for both: after
   * a rebuild that was broken off and a new start of the array, the absent one is re-added with stale data).
   */
  private settleBitmap(start: number, end: number): void {
    const { array } = this;
    const vacant = array.roles.some((role) => !array.memberInRole(role));
    if (vacant && (array.geometry.level === 'raid1' || this.action === 'resync')) return;
    const chunkCells = bitmapCells(array.geometry);
    for (let chunk = bitmapChunk(array.geometry, start); chunk * chunkCells < end; chunk++) {
      if (Math.min((chunk + 1) * chunkCells, this.total) <= end) array.bitmap.synchronised(chunk);
    }
    array.runDaemon();
  }

  /** "unrecoverable I/O read error": the member that was being rebuilt is a spare again. */
  private giveUp(): void {
    this.disabled = true;
    for (const target of this.targets) {
      target.state = 'spare';
      target.isReplacement = false;
      target.role = -1;
      target.savedRole = -1;
    }
    this.targets = [];
    this.action = 'idle';
    this.array.recordChange();
  }

  private end(): void {
    const { array } = this;
    if (this.action === 'resync') array.resyncNeeded = false;
    if (this.targets.length > 0 || this.action === 'resync') array.fullSync = false;
    for (const target of this.targets) this.complete(target);
    this.targets = [];
    this.action = 'idle';
    this.timer?.cancel();
    array.recordChange();
    array.endedWrite();
    array.metadata.settle(() => this.kick());
  }

  /** A copy takes the place of the member that it is one of. */
  private complete(target: MdMember): void {
    const { array } = this;
    const replaced = target.isReplacement ? array.memberInRole(target.role) : undefined;
    if (replaced) array.expel(replaced);
    target.isReplacement = false;
    target.state = 'inSync';
  }
}
