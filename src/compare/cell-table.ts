// The cells of two runs as columns of numbers: half a million of them are some arrays, not half a million objects.
import { Numbers } from '../answer/columns.js';
import { BASES, type Basis, type Cell, type Measure, type Place, VERDICTS, type Verdict } from './cell.js';

export interface Added {
  readonly metric: string;
  readonly countA: number;
  readonly countB: number;
  readonly verdict: Verdict;
  readonly basis: Basis;
}

export class CellTable implements Iterable<Cell> {
  readonly #places: Place[] = [];
  readonly #metrics: string[] = [];
  readonly #metricOf = new Map<string, number>();
  readonly #place = new Numbers();
  readonly #metric = new Numbers();
  readonly #verdict = new Numbers();
  readonly #basis = new Numbers();
  readonly #countA = new Numbers();
  readonly #countB = new Numbers();
  /** NaN for null, here and below. */
  readonly #a = new Numbers();
  readonly #b = new Numbers();
  readonly #difference = new Numbers();
  readonly #low = new Numbers();
  readonly #high = new Numbers();
  readonly #effect = new Numbers();
  readonly #p = new Numbers();
  readonly #adjusted = new Numbers();

  get length(): number {
    return this.#place.length;
  }

  get places(): readonly Place[] {
    return this.#places;
  }

  /** The cells that are added next are of this configuration. */
  openPlace(place: Place): void {
    this.#places.push(place);
  }

  add({ metric, countA, countB, verdict, basis }: Added, measure: Measure): void {
    let code = this.#metricOf.get(metric);
    if (code === undefined) {
      code = this.#metrics.push(metric) - 1;
      this.#metricOf.set(metric, code);
    }
    this.#place.push(this.#places.length - 1);
    this.#metric.push(code);
    this.#verdict.push(VERDICTS.indexOf(verdict));
    this.#basis.push(BASES.indexOf(basis));
    this.#countA.push(countA);
    this.#countB.push(countB);
    this.#a.push(measure.a ?? Number.NaN);
    this.#b.push(measure.b ?? Number.NaN);
    this.#difference.push(measure.difference ?? Number.NaN);
    this.#low.push(measure.low ?? Number.NaN);
    this.#high.push(measure.high ?? Number.NaN);
    this.#effect.push(measure.effect ?? Number.NaN);
    this.#p.push(measure.p ?? Number.NaN);
    this.#adjusted.push(Number.NaN);
  }

  judge(i: number, verdict: Verdict, basis: Basis): void {
    this.#verdict.set(i, VERDICTS.indexOf(verdict));
    this.#basis.set(i, BASES.indexOf(basis));
  }

  adjust(i: number, p: number): void {
    this.#adjusted.set(i, p);
  }

  metricAt(i: number): string {
    return this.#metrics[this.#metric.get(i)]!;
  }

  verdictAt(i: number): Verdict {
    return VERDICTS[this.#verdict.get(i)]!;
  }

  basisAt(i: number): Basis {
    return BASES[this.#basis.get(i)]!;
  }

  at(i: number): Cell {
    return {
      place: this.#places[this.#place.get(i)]!,
      metric: this.metricAt(i),
      a: orNull(this.#a.get(i)),
      b: orNull(this.#b.get(i)),
      difference: orNull(this.#difference.get(i)),
      low: orNull(this.#low.get(i)),
      high: orNull(this.#high.get(i)),
      effect: orNull(this.#effect.get(i)),
      p: orNull(this.#p.get(i)),
      countA: this.#countA.get(i),
      countB: this.#countB.get(i),
      pAdjusted: orNull(this.#adjusted.get(i)),
      verdict: this.verdictAt(i),
      basis: this.basisAt(i),
    };
  }

  *[Symbol.iterator](): Generator<Cell> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
