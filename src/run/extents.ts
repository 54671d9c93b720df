// Where the rows of which trials lie in the journal: one entry for each run of consecutive trials of a record, in the
// order of the journal. 44 bytes an entry in typed arrays, so that a million single trials cost 44 MB and no object.

const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;

class Page {
  readonly first = new Float64Array(PAGE);
  readonly count = new Uint32Array(PAGE);
  readonly record = new Float64Array(PAGE);
  readonly rowsAt = new Float64Array(PAGE);
  readonly rowsBytes = new Uint32Array(PAGE);
  readonly seriesAt = new Float64Array(PAGE);
  readonly seriesBytes = new Uint32Array(PAGE);
}

export interface Extent {
  /** Trials [first, first + count). */
  readonly first: number;
  readonly count: number;
  /** File position of the record's frame. */
  readonly record: number;
  readonly rowsAt: number;
  /** 0 for an attempt that left no rows. */
  readonly rowsBytes: number;
  readonly seriesAt: number;
  readonly seriesBytes: number;
}

/** Trials [from, to) and the extents that hold them all, oldest record first. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly extents: readonly number[];
}

export class Extents {
  readonly #pages: Page[] = [];
  #size = 0;
  #sorted = true;

  get size(): number {
    return this.#size;
  }

  push(extent: Extent): void {
    const i = this.#size & (PAGE - 1);
    if (i === 0) this.#pages.push(new Page());
    const page = this.#pages[this.#pages.length - 1]!;
    page.first[i] = extent.first;
    page.count[i] = extent.count;
    page.record[i] = extent.record;
    page.rowsAt[i] = extent.rowsAt;
    page.rowsBytes[i] = extent.rowsBytes;
    page.seriesAt[i] = extent.seriesAt;
    page.seriesBytes[i] = extent.seriesBytes;
    if (this.#size > 0 && extent.first < this.first(this.#size - 1)) this.#sorted = false;
    this.#size++;
  }

  at(i: number): Extent {
    const page = this.#pages[i >>> PAGE_BITS]!;
    const j = i & (PAGE - 1);
    return {
      first: page.first[j]!,
      count: page.count[j]!,
      record: page.record[j]!,
      rowsAt: page.rowsAt[j]!,
      rowsBytes: page.rowsBytes[j]!,
      seriesAt: page.seriesAt[j]!,
      seriesBytes: page.seriesBytes[j]!,
    };
  }

  first(i: number): number {
    return this.#pages[i >>> PAGE_BITS]!.first[i & (PAGE - 1)]!;
  }

  end(i: number): number {
    const page = this.#pages[i >>> PAGE_BITS]!;
    return page.first[i & (PAGE - 1)]! + page.count[i & (PAGE - 1)]!;
  }

  /**
   * Cuts the trials into pieces, in trial order, so that within a piece the same extents hold every trial. Where no
   * trial was recorded twice, a piece is an extent.
   */
  *pieces(): Generator<Piece> {
    // As many as there are now: a live run adds more meanwhile.
    const order = this.#order();
    const size = order.length;
    let active: number[] = [];
    let at = 0;
    for (let next = 0; next < size || active.length > 0; ) {
      if (active.length === 0) at = this.first(order[next]!);
      while (next < size && this.first(order[next]!) === at) active.push(order[next++]!);
      if (active.length > 1) active.sort((a, b) => a - b);
      let to = next < size ? this.first(order[next]!) : Number.POSITIVE_INFINITY;
      for (const i of active) to = Math.min(to, this.end(i));
      yield { from: at, to, extents: active };
      active = active.filter((i) => this.end(i) > to);
      at = to;
    }
  }

  /** Entry numbers by first trial, and by age where that is equal. */
  #order(): Uint32Array {
    const order = Uint32Array.from({ length: this.#size }, (_, i) => i);
    return this.#sorted ? order : order.sort((a, b) => this.first(a) - this.first(b) || a - b);
  }
}
