import { noCells, type Cell, type Cells } from '../../hardware/cells';
import type { Bio, IoError } from '../../hardware/bio';
import type { MdArray } from './array';
import { bitmapChunk, dataOf, segmentsOf, type Segment } from './geometry';
import type { MdMember } from './member';

interface Write {
  readonly bio: Bio;
  readonly segments: readonly Segment[];
  /** Of the bitmap. */
  readonly chunks: ReadonlySet<number>;
}

/** Reads, writes and flushes of a running array. */
export class Requests {
  private readonly writes = new Set<Write>();
  private deferred: Bio[] = [];
  private idle: (() => void)[] = [];

  constructor(private readonly array: MdArray) {}

  get busy(): boolean {
    return this.writes.size > 0;
  }

  submit(bio: Bio): void {
    if (bio.op === 'flush') this.flush(bio);
    else if (bio.start + bio.count > this.array.cells) bio.end('path');
    else if (bio.op === 'read') this.read(bio);
    else this.write(bio);
  }

  /** Calls back once no write is under way that touches the stretch (of the components; default: at all). */
  whenIdle(done: () => void, start = 0, count = Infinity): void {
    const check = () => {
      for (const { segments } of this.writes) {
        if (segments.some((segment) => overlaps(segment, start, count))) return void this.idle.push(check);
      }
      done();
    };
    check();
  }

  /** Lets writes pass that waited for the synchroniser to leave their stretch. */
  resume(): void {
    for (const bio of this.deferred.splice(0)) this.submit(bio);
  }

  // -- Writes -----------------------------------------------------------------------------------------------------

  private write(bio: Bio): void {
    const { array } = this;
    if (array.broken) return bio.end('path');
    const segments = segmentsOf(array.geometry, bio.start, bio.count);
    const { copying } = array.sync;
    if (copying && segments.some((segment) => overlaps(segment, copying.start, copying.count))) {
      return void this.deferred.push(bio);
    }
    array.beginWrites();
    const chunks = chunksOf(array, segments);
    for (const chunk of chunks) if (array.bitmap.begin(chunk)) array.metadata.touch();
    const write: Write = { bio, segments, chunks };
    this.writes.add(write);
    array.metadata.settle(() => this.fanOut(write));
  }

  private fanOut(write: Write): void {
    const { array } = this;
    let left = 1;
    let dropped = false;
    let lost = array.broken;
    let complete = true;
    const ended = () => {
      if (--left === 0) this.finish(write, { complete, dropped, lost });
    };
    for (const segment of lost ? [] : write.segments) {
      const members = array.activeIn(segment.set);
      const roles = members.filter(({ isReplacement }) => !isReplacement).length;
      if (roles < array.geometry.mirrors) complete = false;
      const data = write.segments.length === 1 ? write.bio.data! : dataOf(segment, write.bio.data!);
      for (const member of members) {
        left++;
        const end = (error: IoError | undefined) => {
          if (error || member.state === 'faulty') {
            complete = false;
            dropped = true;
            if (error && !array.fail(member)) lost = true;
          }
          ended();
        };
        const start = member.dataOffset + segment.start;
        member.submit({ op: 'write', start, count: segment.count, data, end });
      }
    }
    ended();
  }

  /** A write that a member missed is acknowledged only after the others' superblocks say so. */
  private finish(write: Write, result: { complete: boolean; dropped: boolean; lost: boolean }): void {
    const { array } = this;
    const complete = result.complete && !result.lost;
    for (const chunk of write.chunks) array.bitmap.end(chunk, complete);
    if (complete && array.degraded === 0 && array.bitmap.eventsCleared < array.events) {
      array.bitmap.eventsCleared = array.events;
    }
    const acknowledge = () => {
      this.writes.delete(write);
      array.endedWrite();
      for (const idle of this.idle.splice(0)) idle();
      write.bio.end(result.lost ? 'path' : undefined);
    };
    if (result.dropped && !result.lost) array.metadata.settle(acknowledge);
    else acknowledge();
  }

  // -- Flushes and reads ---------------------------------------------------------------------------------------------

  /** Passed to all members. The error of one is no error of the array as long as another one flushed. */
  private flush(bio: Bio): void {
    const members = this.array.members.filter(({ active }) => active);
    let left = members.length;
    let good = 0;
    for (const member of members) {
      const end = (error: IoError | undefined) => {
        if (!error) good++;
        if (--left === 0) bio.end(good === 0 ? 'path' : undefined);
      };
      member.submit({ op: 'flush', start: 0, count: 0, end });
    }
  }

  private read(bio: Bio): void {
    const segments = segmentsOf(this.array.geometry, bio.start, bio.count);
    const found = new Map<number, Cell>();
    let failure: IoError | undefined;
    let left = segments.length;
    for (const segment of segments) {
      this.readSegment(segment, [], (error, data) => {
        failure ??= error;
        for (const [cell, value] of data ?? noCells) found.set(cell + segment.offset, value);
        if (--left === 0) bio.end(failure, failure ? undefined : found);
      });
    }
  }

  /** Tries one member after the other; what one could not read is written back to it from another. */
  private readSegment(segment: Segment, tried: readonly MdMember[], done: Bio['end']): void {
    const member = this.chooseReader(segment.set, tried);
    if (!member) return done(tried.length === 0 ? 'path' : 'medium');
    const { count } = segment;
    const end: Bio['end'] = (error, data) => {
      if (error) return this.readSegment(segment, [...tried, member], done);
      for (const bad of tried) this.repair(bad, segment, data!);
      done(undefined, data);
    };
    member.submit({ op: 'read', start: member.dataOffset + segment.start, count, end });
  }

  private chooseReader(set: number, tried: readonly MdMember[]): MdMember | undefined {
    const { array } = this;
    const candidates = array.inSyncIn(set).filter((member) => !tried.includes(member));
    const preferred = candidates.filter(({ writeMostly }) => !writeMostly);
    const among = preferred.length > 0 ? preferred : candidates;
    if (array.resyncNeeded || among.length < 2) return among[0];
    return among[Math.floor(array.context.random() * among.length)];
  }

  private repair(member: MdMember, segment: Segment, data: Cells): void {
    for (const { segments } of this.writes) {
      if (segments.some(({ set, start, count }) => set === segment.set && overlaps(segment, start, count))) return;
    }
    const end = (error: IoError | undefined) => {
      if (error) this.array.fail(member);
    };
    const start = member.dataOffset + segment.start;
    member.submit({ op: 'write', start, count: segment.count, data, end });
  }
}

const overlaps = (segment: Segment, start: number, count: number): boolean =>
  segment.start < start + count && start < segment.start + segment.count;

function chunksOf({ geometry }: MdArray, segments: readonly Segment[]): ReadonlySet<number> {
  const chunks = new Set<number>();
  for (const { start, count } of segments) {
    const last = bitmapChunk(geometry, start + count - 1);
    for (let chunk = bitmapChunk(geometry, start); chunk <= last; chunk++) chunks.add(chunk);
  }
  return chunks;
}
