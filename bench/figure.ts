/** One line of the table, and one element of out/bench.json. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `at least 100`, `at most 8`; null for a figure that explains another one. */
  readonly target: string | null;
  /** Whether the target is met; true without one. */
  readonly ok: boolean;
  /** What was measured, where, and how. */
  readonly how: string;
}

type Measured = Pick<Figure, 'name' | 'value' | 'unit' | 'how'>;

export const atLeast = (least: number, measured: Measured): Figure =>
  figure(measured, `at least ${least}`, (v) => v >= least);
export const atMost = (most: number, measured: Measured): Figure =>
  figure(measured, `at most ${most}`, (v) => v <= most);
/** A figure without a target. */
export const plain = (measured: Measured): Figure => figure(measured, null, () => true);

/** What is shown is what is compared, so that nobody reads "100 of at least 100" as missed. */
function figure(measured: Measured, target: string | null, isMet: (value: number) => boolean): Figure {
  const value = rounded(measured.value);
  if (Number.isNaN(value)) throw new Error(`${measured.name}: not a number`);
  return { ...measured, value, target, ok: isMet(value) };
}

/** Three significant digits, and no fraction of more than a thousand. */
const rounded = (value: number): number =>
  Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
