// Population-based training (Jaderberg et al. 2017, "Population Based Training of Neural Networks"), in generations: every
// trial pauses after each `interval` of steps, and when all of its population have, the worst of them go on from the
// checkpoints of some of the best, with those trials' parameters, perturbed (truncation selection and the rules of its
// section 4.1.1). The others go on as they are. Nobody is pruned.
// A population is the trials that agree in all axes but the mutated ones: weights go from one to another. Waiting for all
// makes it the same run whatever ran when; everything random hangs on the seed, the trial and the generation.
// Checkpoints: what a trial keeps during a generation stands under a name of its own, which nobody writes again once the
// trial has paused. So a generation can begin anew, after a failure or a kill, from where it began.
import { type Random, randomFor } from '../../ground/random.js';
import type { Point } from '../../space/types.js';
import { canonicalObject } from '../../space/value.js';
import type { Board, Continuation, Released, Rungs, Verdict } from './contract.js';
import { CurveEntry, Curves, rowAt, thin } from './curves.js';
import { explore, type Mutable } from './explore.js';
import type { OptionsOf } from './options.js';
import { countIntervals, hasReached } from './steps.js';

type Options = OptionsOf<'pbt'>;

/** What is to be known of the trials. */
export interface Population extends Mutable {
  /** Of a trial that has been proposed. */
  pointOf(trial: number): Point;
  keyOf(trial: number): string;
}

class Entry extends CurveEntry {
  /** It has its row. */
  isRecorded = false;
  /** Generations that it has paused after: 2 once it has got to twice the interval. */
  readonly pauses: number[] = [];
  /** How many generations are decided on. */
  generation = 0;
  /** The name of the checkpoint that it keeps since it went on last. */
  kept: string;

  /** `state`: that of the one that it goes on from; the same one at the beginning. */
  constructor(
    trial: number,
    readonly group: Group,
    public state: string,
    public point: Point,
  ) {
    super(trial);
    this.kept = state;
  }
}

/** A trial at the end of a generation. */
interface Contender {
  readonly entry: Entry;
  readonly step: number;
  readonly value: number;
  readonly state: string;
  readonly point: Point;
}

interface Group {
  /** In the order in which they were proposed. */
  readonly members: Entry[];
  generation: number;
  /** So many of the first members have come to the end of the generation, or to their own. */
  ready: number;
  recorded: number;
}

/** Where trials pause. */
export function createGenerations(options: Options): Rungs {
  return {
    pauses: true,
    bracketOf: () => 0,
    rungOf(step) {
      const { interval, max } = options;
      const generation = hasReached(step, max) ? 0 : countIntervals(step, { from: 0, interval });
      return generation === 0 ? null : generation * interval;
    },
  };
}

export class PopulationBoard extends Curves<Entry> implements Board {
  readonly #options: Options;
  readonly #seed: number;
  readonly #population: Population;
  readonly #groups = new Map<string, Group>();
  /** Those of which there is news. */
  readonly #touched = new Set<Group>();
  #isComplete = false;
  #spent: string[] = [];

  constructor(options: Options, seed: number, population: Population) {
    super();
    this.#options = options;
    this.#seed = seed;
    this.#population = population;
  }

  propose(trial: number): void {
    const point = this.#population.pointOf(trial);
    const name = this.#nameOf(trial, 0);
    const fixed = Object.entries(point).filter(([axis]) => !this.#options.mutate.includes(axis));
    const key = canonicalObject(Object.fromEntries(fixed));
    const group = this.#groups.get(key) ?? { members: [], generation: 0, ready: 0, recorded: 0 };
    this.#groups.set(key, group);
    const entry = new Entry(trial, group, name, point);
    this.add(entry);
    group.members.push(entry);
  }

  override end(trial: number): void {
    this.#touch(trial).isEnded = true;
  }

  settle(trial: number): void {
    this.end(trial);
    this.record(trial);
  }

  record(trial: number): void {
    const entry = this.#touch(trial);
    if (!entry.isRecorded) entry.group.recorded++;
    entry.isRecorded = true;
    const { steps, values } = entry;
    const rungs = createGenerations(this.#options);
    thin(entry, steps.length, { rungOf: (step) => rungs.rungOf(step, 0), score: (row) => values[row]! });
  }

  park(trial: number, rung: number): void {
    this.#touch(trial).pauses.push(Math.round(rung / this.#options.interval));
  }

  complete(): void {
    this.#isComplete = true;
    for (const group of this.#groups.values()) this.#touched.add(group);
  }

  #touch(trial: number): Entry {
    const entry = this.entryOf(trial);
    this.#touched.add(entry.group);
    return entry;
  }

  verdict(trial: number): Verdict {
    const entry = this.entryOf(trial);
    const { generation, steps, isEnded } = entry;
    const end = this.#endOf(generation);
    if (end === undefined) return { state: 'passed' };
    const row = rowAt(entry, end);
    // Who has come to the last step does not pause any more, and who ends where it would has nothing to go on with.
    const isPast =
      row < 0 || hasReached(steps[row]!, this.#options.max) || (isEnded && row === steps.length - 1);
    return isPast ? { state: 'passed' } : { state: 'waits', rung: end };
  }

  continuation(trial: number): Continuation | undefined {
    const { generation, state, kept, point } = this.entryOf(trial);
    const params = this.#mutatedOf(point);
    return { past: generation * this.#options.interval, params, checkpoint: { load: state, save: kept } };
  }

  takeSpent(): readonly string[] {
    const spent = this.#spent;
    this.#spent = [];
    return spent;
  }

  /** By population, in the order of its trials. */
  decide(): Released[] {
    if (!this.#isComplete) return [];
    const decisions: Released[] = [];
    for (const group of this.#touched) {
      let contenders = this.#contendersOf(group);
      while (contenders !== undefined) {
        for (const decision of this.#decideOn(group, contenders)) decisions.push(decision);
        contenders = this.#contendersOf(group);
      }
      this.#clear(group);
    }
    this.#touched.clear();
    return decisions;
  }

  /** Who stops at the end of the generation; undefined where it has not come, and where nobody has got there. */
  #contendersOf(group: Group): Contender[] | undefined {
    const { members, generation } = group;
    const end = this.#endOf(generation);
    if (end === undefined) return undefined;
    const hasPaused = ({ pauses }: Entry) => pauses.some((each) => each > generation);
    while (group.ready < members.length) {
      const next = members[group.ready]!;
      if (!hasPaused(next) && !next.isEnded) return undefined;
      group.ready++;
    }
    if (!members.some(hasPaused)) return undefined;
    // Whose reports skip the end of a generation is looked at where it stops next.
    return members
      .filter(({ pauses }) => pauses.includes(generation + 1))
      .map((entry): Contender => {
        const { steps, values, kept, point } = entry;
        const row = rowAt(entry, end);
        return { entry, step: steps[row]!, value: values[row]!, state: kept, point };
      });
  }

  #decideOn(group: Group, contenders: readonly Contender[]): Released[] {
    // Of equal ones the earlier first.
    const ranked = contenders.toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
    const share = Math.floor(contenders.length * this.#options.quantile);
    const count = contenders.length < 2 ? 0 : Math.max(1, share);
    const worst = new Set(ranked.slice(ranked.length - count));
    const old = contenders.flatMap(({ entry, state }) => [entry.state, state]);
    const decisions = contenders.flatMap((contender): Released[] => {
      const { entry } = contender;
      const random = randomFor(this.#seed, 'pbt', entry.trial, group.generation);
      // Also of equal ones, as there: where all are alike, nothing else brings other parameters.
      const source = worst.has(contender) ? ranked[random.below(count)]! : contender;
      entry.state = source.state;
      entry.kept = this.#nameOf(entry.trial, group.generation + 1);
      const release = { do: 'release', trial: entry.trial } as const;
      if (source === contender) return [release];
      entry.point = this.#mutate(source.point, entry.point, random);
      const params = this.#mutatedOf(entry.point);
      return [{ ...release, exploit: { step: contender.step, from: source.entry.trial, params } }];
    });
    group.generation++;
    group.ready = 0;
    for (const entry of group.members)
      if (entry.pauses.some((each) => each >= group.generation)) entry.generation = group.generation;
    // Who has ended and has no row on disk would begin its last generation anew after a kill.
    const needed = new Set(group.members.filter(({ isRecorded }) => !isRecorded).map(({ state }) => state));
    for (const name of old) if (!needed.has(name)) this.#spent.push(name);
    return decisions.filter(({ trial }) => !this.entryOf(trial).isRecorded);
  }

  /** The source's values of the mutated axes, changed. */
  #mutate(source: Point, own: Point, random: Random): Point {
    const { resample, mutate } = this.#options;
    const taken = Object.entries(this.#mutatedOf(source)).filter(([axis]) => Object.hasOwn(own, axis));
    return explore({ ...own, ...Object.fromEntries(taken) }, mutate, {
      ...{ resample, random },
      dimensionOf: (axis, point) => this.#population.dimensionOf(axis, point),
      accepts: (point) => this.#population.accepts(point),
    });
  }

  /** Two trials may have one key, where grids name the same point in two ways. */
  #nameOf(trial: number, generation: number): string {
    return `${this.#population.keyOf(trial)}.${trial}.${generation}`;
  }

  #mutatedOf(point: Point): Point {
    const { mutate } = this.#options;
    return Object.fromEntries(Object.entries(point).filter(([axis]) => mutate.includes(axis)));
  }

  /** All trials of a population have their rows. */
  #clear({ members, recorded }: Group): void {
    if (recorded < members.length) return;
    for (const { state, kept } of members) this.#spent.push(state, kept);
    members.length = 0;
  }

  /** The step at which a generation ends; undefined for the last one. */
  #endOf(generation: number): number | undefined {
    const end = (generation + 1) * this.#options.interval;
    return hasReached(end, this.#options.max) ? undefined : end;
  }
}
