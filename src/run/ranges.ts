// A set of trial numbers as sorted, disjoint ranges: a run of ten million trials done in blocks is a handful of
// numbers, and single trials done in any order merge as they meet. Two levels (leaves of at most 256 ranges), because
// one flat array costs a long move per insertion when 10^6 trials end in random order.

const LEAF = 256;

class Leaf {
  readonly from = new Float64Array(LEAF);
  readonly to = new Float64Array(LEAF);
  size = 0;
}

/** Half-open ranges [from, to) of non-negative integers below 2^53. */
export class RangeSet {
  #leaves: Leaf[] = [new Leaf()];
  #count = 0;
  // Where the last #seek ended: the first range whose `to` is at least the number sought.
  #leaf = 0;
  #slot = 0;

  /** How many numbers are in the set. */
  get count(): number {
    return this.#count;
  }

  has(n: number): boolean {
    return this.#count > 0 && this.#seek(n + 1) && this.#from <= n;
  }

  /** The least number ≥ `n` that is not in the set. */
  nextGap(n: number): number {
    return this.has(n) ? this.#to : n;
  }

  /** How many numbers of [from, to) are in the set. */
  countIn(from: number, to: number): number {
    let sum = 0;
    for (const [a, b] of this.rangesIn(from, to)) sum += b - a;
    return sum;
  }

  /** The parts of the ranges that lie in [from, to), in order. The set must not change meanwhile. */
  *rangesIn(from: number, to: number): Generator<readonly [from: number, to: number]> {
    for (let at = from; at < to && this.#count > 0 && this.#seek(at + 1) && this.#from < to; ) {
      const a = Math.max(this.#from, from);
      const b = Math.min(this.#to, to);
      yield [a, b];
      at = b;
    }
  }

  add(from: number, to: number): void {
    if (from >= to) return;
    let a = from;
    let b = to;
    while (this.#seek(a) && this.#from <= b) {
      if (this.#from <= a && this.#to >= b) return;
      a = Math.min(a, this.#from);
      b = Math.max(b, this.#to);
      this.#remove();
    }
    this.#insert(a, b);
  }

  delete(from: number, to: number): void {
    if (this.#count === 0 || from >= to) return;
    while (this.#seek(from + 1) && this.#from < to) {
      const a = this.#from;
      const b = this.#to;
      this.#remove();
      if (a < from) {
        this.#seek(a);
        this.#insert(a, from);
      }
      if (b > to) {
        this.#seek(to);
        this.#insert(to, b);
      }
    }
  }

  /** The ranges in order. The set must not change meanwhile. */
  *ranges(): Generator<readonly [from: number, to: number]> {
    for (const leaf of this.#leaves) for (let i = 0; i < leaf.size; i++) yield [leaf.from[i]!, leaf.to[i]!];
  }

  /** The numbers in order. The set must not change meanwhile. */
  *[Symbol.iterator](): Generator<number> {
    for (const [from, to] of this.ranges()) for (let n = from; n < to; n++) yield n;
  }

  get #from(): number {
    return this.#leaves[this.#leaf]!.from[this.#slot]!;
  }

  get #to(): number {
    return this.#leaves[this.#leaf]!.to[this.#slot]!;
  }

  /** Goes to the first range whose `to` is at least `n`; false (and past the last range) where there is none. */
  #seek(n: number): boolean {
    const leaves = this.#leaves;
    let low = 0;
    let high = leaves.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const leaf = leaves[middle]!;
      if (leaf.to[leaf.size - 1]! >= n) high = middle;
      else low = middle + 1;
    }
    const leaf = leaves[low]!;
    this.#leaf = low;
    low = 0;
    high = leaf.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (leaf.to[middle]! >= n) high = middle;
      else low = middle + 1;
    }
    this.#slot = low;
    return low < leaf.size;
  }

  #remove(): void {
    const leaf = this.#leaves[this.#leaf]!;
    const slot = this.#slot;
    this.#count -= leaf.to[slot]! - leaf.from[slot]!;
    leaf.from.copyWithin(slot, slot + 1, leaf.size);
    leaf.to.copyWithin(slot, slot + 1, leaf.size);
    leaf.size--;
    if (leaf.size === 0 && this.#leaves.length > 1) this.#leaves.splice(this.#leaf, 1);
  }

  /** Puts [a, b) where the last #seek(a) ended; it must touch no other range. */
  #insert(a: number, b: number): void {
    let leaf = this.#leaves[this.#leaf]!;
    let slot = this.#slot;
    if (leaf.size === LEAF) {
      const next = new Leaf();
      // A set that only grows at its end keeps its leaves full.
      const kept = slot === LEAF ? LEAF : LEAF / 2;
      next.from.set(leaf.from.subarray(kept));
      next.to.set(leaf.to.subarray(kept));
      next.size = LEAF - kept;
      leaf.size = kept;
      this.#leaves.splice(this.#leaf + 1, 0, next);
      if (slot >= kept) {
        leaf = next;
        slot -= kept;
      }
    }
    leaf.from.copyWithin(slot + 1, slot, leaf.size);
    leaf.to.copyWithin(slot + 1, slot, leaf.size);
    leaf.from[slot] = a;
    leaf.to[slot] = b;
    leaf.size++;
    this.#count += b - a;
  }
}
