/** Most strings and shapes that are kept for good. What comes later is written out each time. */
const maxEntries = 16_384;
/** How many strings are remembered as seen once. */
const maxCandidates = 1_000;

/** Strings that several objects have in common (nodes, states, reasons), each kept once. */
export class StringTable {
  readonly strings: string[] = [];
  private readonly ids = new Map<string, number>();
  private readonly candidates = new Set<string>();

  idOf(text: string): number | undefined {
    return this.ids.get(text);
  }

  /** A string that is not in the table was met; one that is met again is worth a place in it. */
  met(text: string): void {
    if (this.candidates.delete(text)) {
      if (this.strings.length < maxEntries) this.ids.set(text, this.strings.push(text) - 1);
      return;
    }
    if (this.candidates.size >= maxCandidates) this.candidates.clear();
    this.candidates.add(text);
  }
}

/** The keys of an object, in their order: those of another shape, and one more. */
export class Shape {
  readonly next = new Map<string, Shape>();
  /** Set once an object has this shape. */
  id: number | undefined;

  constructor(
    private readonly shorter: Shape | undefined,
    private readonly key: string,
  ) {}

  keys(): string[] {
    const keys: string[] = [];
    for (let shape = this as Shape; shape.shorter; shape = shape.shorter) keys.push(shape.key);
    return keys.reverse();
  }
}

export class ShapeTable {
  readonly empty = new Shape(undefined, '');
  /** Keys by the id of their shape. */
  readonly keys: (readonly string[])[] = [];
  private size = 0;

  /** Undefined when the table is full. */
  extend(shape: Shape, key: string): Shape | undefined {
    const known = shape.next.get(key);
    if (known || this.size >= maxEntries) return known;
    const longer = new Shape(shape, key);
    shape.next.set(key, longer);
    this.size++;
    return longer;
  }

  idOf(shape: Shape): number {
    return (shape.id ??= this.keys.push(shape.keys()) - 1);
  }
}
