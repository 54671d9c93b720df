// When a step that a trial reports is closed under a pruner: from then on its row is what the pruner decides by, and what a
// trial that is pruned there keeps. It follows from the reports alone, in their order: never from when they came, or from what
// has been decided meanwhile. What is reported of a closed step later does not count, whatever becomes of the trial.

type Values = Readonly<Record<string, number | null | undefined>>;

/** What a pruner looks at. */
export interface Watched {
  /** The series. */
  readonly metric: string;
  /** See Rungs. */
  readonly rungOf: (step: number) => number | null;
  /** The trial stops at rungs beyond this one; Infinity: it does not pause. */
  readonly pausesPast: number;
  /**
   * `value`: a step is closed by the report of the metric, which is answered at once. `step`: by the report after which
   * nothing is missing, by one of a later step, or by the end of the trial: for programs, which print a line a series.
   */
  readonly closedBy: 'value' | 'step';
}

export class StepWatch {
  /** The rung at which the trial is to pause: the last that it has come to. */
  pausedAt: number | undefined;
  readonly #watched: Watched;
  readonly #series: readonly string[];
  #step = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  /** What has been reported of the step. */
  readonly #seen = new Set<string>();
  #hasValue = false;
  /** The rung that the trial was on when a step of its was closed last. */
  #rung: number | null = null;

  constructor(watched: Watched, series: readonly string[]) {
    this.#watched = watched;
    this.#series = series;
  }

  isClosed(step: number): boolean {
    return this.#isClosed && step === this.#step;
  }

  /** Whether the last step may still be added to. */
  get isOpen(): boolean {
    return !this.#isClosed && this.#step > Number.NEGATIVE_INFINITY;
  }

  /** A report of this step is to come: true where that closes the step before it, at a new rung. */
  leave(step: number): boolean {
    return step > this.#step && this.#hasValue && !this.#isClosed && this.#close();
  }

  /** A report of a step that is not closed: true where that closes it, at a new rung. */
  enter(step: number, values: Values): boolean {
    if (step > this.#step) {
      this.#step = step;
      this.#isClosed = false;
      this.#hasValue = false;
      this.#seen.clear();
    }
    const { metric, closedBy } = this.#watched;
    this.#hasValue ||= (values[metric] ?? null) !== null;
    if (closedBy === 'step') {
      // Null says that there is none, and that none is to come.
      for (const name of Object.keys(values)) if (values[name] !== undefined) this.#seen.add(name);
      if (this.#seen.size < this.#series.length) return false;
    }
    return this.#hasValue && this.#close();
  }

  #close(): boolean {
    const { rungOf, pausesPast } = this.#watched;
    this.#isClosed = true;
    const rung = rungOf(this.#step);
    const isNew = rung !== null && rung !== this.#rung;
    this.#rung = rung;
    // Who looks late has come to a further one: it is from there that it goes on.
    if (isNew && rung > pausesPast) this.pausedAt = rung;
    return isNew;
  }

  /** Of a report that came too late; undefined where it held nothing. */
  tellLate(values: Values): string | undefined {
    const names = Object.keys(values).filter((name) => (values[name] ?? null) !== null);
    if (names.length === 0) return undefined;
    const { metric, closedBy } = this.#watched;
    const what = names.join(', ');
    return closedBy === 'value'
      ? `reports of ${what} after ${metric} of the same step are not kept: the pruner of this run looks at ${metric}, whose value closes the step; report the other series before it, or in the same call`
      : `values of ${what} for a step that had one of every series already are not kept: under a pruner such a step is closed; print each series once a step`;
  }
}
