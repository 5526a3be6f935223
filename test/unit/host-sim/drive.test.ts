import fc from 'fast-check';
import { bytesOfCell, cellOfBytes, Drive, type Cell } from '../../../src/host/sim';
import { CellStore } from '../../../src/host/sim/hardware/cells';
import { flush, read, write, Request } from './io';

const drive = (spec: { volatileWriteCache?: boolean } = {}) => new Drive({ id: 'd', sizeBytes: 1024 ** 3, ...spec });

describe('a drive', () => {
  it('has everything durable at once when it has no volatile cache', () => {
    const plain = drive();
    write(plain, 5, 'x');
    plain.losePower(() => 0);
    expect(plain.peek(5)).toBe('x');
  });

  it('with a volatile cache keeps what was flushed, and of the rest what chance leaves', () => {
    const cached = drive({ volatileWriteCache: true });
    write(cached, 1, 'flushed');
    write(cached, 2, 'flushed too');
    flush(cached);
    write(cached, 2, 'in the cache');
    write(cached, 3, 'in the cache');
    write(cached, 4, 'in the cache');
    expect(read(cached, 2).cell).toBe('in the cache');
    const chances = [0.1, 0.9, 0.1];
    cached.losePower(() => chances.shift()!);
    expect([1, 2, 3, 4].map((cell) => cached.peek(cell))).toEqual(['flushed', 'flushed too', 'in the cache', '']);
  });

  it('answers requests that hung in their order, and not those of a host that lost its power', () => {
    const hung = drive();
    hung.hang();
    const lost = write(hung, 5, 'lost');
    hung.losePower(() => 0);
    const first = write(hung, 6, 'first');
    const second = write(hung, 6, 'second');
    expect([first.state, second.state]).toEqual(['waiting', 'waiting']);
    hung.unhang();
    expect([lost.state, first.state, second.state]).toEqual(['waiting', 'done', 'done']);
    expect([hung.peek(5), hung.peek(6)]).toEqual(['', 'second']);
  });

  it('cannot read broken cells until they are written', () => {
    const broken = drive();
    write(broken, 5, 'x');
    broken.breakCells(4, 3);
    expect(new Request(broken, { op: 'read', start: 0, count: 10 }).state).toBe('medium');
    expect(read(broken, 3).state).toBe('done');
    write(broken, 5, 'y');
    expect([read(broken, 5).cell, read(broken, 6).state]).toEqual(['y', 'medium']);
    broken.breakCells(8, 1, { writes: true });
    expect(write(broken, 8, 'z').state).toBe('medium');
    broken.mendCells();
    expect(write(broken, 8, 'z').state).toBe('done');
  });

  it('that is pulled answers nothing, and has its contents when it returns', () => {
    const pulled = drive();
    write(pulled, 5, 'x');
    pulled.hang();
    const waiting = read(pulled, 5);
    pulled.pull(() => 0);
    expect([waiting.state, read(pulled, 5).state]).toEqual(['path', 'path']);
    pulled.insert();
    pulled.unhang();
    expect(read(pulled, 5).cell).toBe('x');
  });
});

describe('the contents of a medium', () => {
  const places = fc.integer({ min: 0, max: 1_200 });
  const writes = fc.array(
    fc.record({
      start: places,
      count: fc.integer({ min: 1, max: 700 }),
      cells: fc.array(fc.tuple(places, fc.string())),
    }),
    { maxLength: 20 },
  );

  it('are what a plain array of cells would hold', () => {
    fc.assert(
      fc.property(writes, (requests) => {
        const store = new CellStore();
        const plain: Cell[] = Array<Cell>(2_000).fill('');
        for (const { start, count, cells } of requests) {
          const data = new Map(cells.filter(([offset]) => offset < count));
          const before = new Map(plain.map((cell, index) => [index, cell]));
          store.write(start, count, data, (cell, old) => expect(old).toBe(before.get(cell)));
          for (let offset = 0; offset < count; offset++) plain[start + offset] = data.get(offset) ?? '';
        }
        const whole = store.read(0, 2_000);
        expect(plain.map((_, cell) => whole.get(cell) ?? '')).toEqual(plain);
        for (const cell of [0, 255, 256, 257, 1_023]) expect(store.get(cell)).toBe(plain[cell]);
      }),
    );
  });

  it('survive being seen as bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4_096 }), (content) => {
        const bytes = Buffer.alloc(4_096);
        bytes.set(content);
        expect(bytesOfCell(cellOfBytes(bytes))).toEqual(bytes);
      }),
    );
  });
});
