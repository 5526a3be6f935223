import type { Cell, Cells } from '../../hardware/cells';
import type { Geometry } from './superblock';

/** A piece of a request: a stretch of the components of one set of mirrors. */
export interface Segment {
  readonly set: number;
  /** On the component, in cells. */
  readonly start: number;
  readonly count: number;
  /** Distance from the start of the request, in cells. */
  readonly offset: number;
}

export const mirrorSets = ({ raidDevices, mirrors }: Geometry): number => raidDevices / mirrors;
export const setOfRole = ({ mirrors }: Geometry, role: number): number => Math.floor(role / mirrors);
export const arrayCells = (geometry: Geometry): number => geometry.componentCells * mirrorSets(geometry);

/** "bitmap: 65536KB chunk", in cells of the array. */
const bitmapChunkCells = 16_384;

/** Cells of each component that one bit of the bitmap covers. */
export const bitmapCells = (geometry: Geometry): number => Math.floor(bitmapChunkCells / mirrorSets(geometry));

export const bitmapChunk = (geometry: Geometry, componentCell: number): number =>
  Math.floor(componentCell / bitmapCells(geometry));

/** Where a stretch of the array lies: in one piece for RAID1, striped over the sets in near layout for RAID10. */
export function segmentsOf(geometry: Geometry, start: number, count: number): Segment[] {
  if (geometry.level === 'raid1') return [{ set: 0, start, count, offset: 0 }];
  const sets = mirrorSets(geometry);
  const { chunkCells } = geometry;
  const segments: Segment[] = [];
  for (let cell = start; cell < start + count;) {
    const chunk = Math.floor(cell / chunkCells);
    const within = cell % chunkCells;
    const length = Math.min(chunkCells - within, start + count - cell);
    const component = Math.floor(chunk / sets) * chunkCells + within;
    segments.push({ set: chunk % sets, start: component, count: length, offset: cell - start });
    cell += length;
  }
  return segments;
}

/** The part of a request's data that belongs to a segment. */
export function dataOf({ offset, count }: Segment, data: Cells): Cells {
  const part = new Map<number, Cell>();
  for (const [cell, value] of data) if (cell >= offset && cell < offset + count) part.set(cell - offset, value);
  return part;
}
