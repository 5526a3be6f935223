import * as fc from 'fast-check';
import { FrameReader, frame } from '../../lab/frames';

describe('frames', () => {
  it('come out as they went in, wherever the stream is cut', () => {
    const sent = fc.array(
      fc.record({ type: fc.constantFrom('o', 'r', 'q'), payload: fc.uint8Array({ maxLength: 40 }) }),
    );
    fc.assert(
      fc.property(sent, fc.array(fc.nat(100)), (frames, cuts) => {
        const stream = Buffer.concat(frames.map(({ type, payload }) => frame(type, Buffer.from(payload))));
        const ends = [...cuts.map((cut) => Math.min(cut, stream.length)), stream.length].sort((a, b) => a - b);
        const reader = new FrameReader();
        const received = ends.flatMap((end, i) => reader.push(stream.subarray(ends[i - 1] ?? 0, end)));
        expect(received).toEqual(frames.map(({ type, payload }) => ({ type, payload: Buffer.from(payload) })));
        expect(reader.remainder()).toHaveLength(0);
      }),
    );
  });

  it('leave what follows them to be read raw', () => {
    const reader = new FrameReader();
    expect(reader.push(Buffer.concat([frame('c'), Buffer.from('HTT')]))).toHaveLength(1);
    expect(reader.remainder().toString()).toBe('HTT');
  });
});
