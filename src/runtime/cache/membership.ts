/**
 * Which of several sources hold a key. A key is in the store as long as one does.
 *
 * Assumes: at most 31 sources.
 */
export class Membership {
  private readonly bits = new Map<string, number>();

  add(key: string, source: number): void {
    this.bits.set(key, (this.bits.get(key) ?? 0) | (1 << source));
  }

  /** Whether no source holds the key any more. */
  remove(key: string, source: number): boolean {
    const left = (this.bits.get(key) ?? 0) & ~(1 << source);
    if (left) this.bits.set(key, left);
    else this.bits.delete(key);
    return left === 0;
  }
}
