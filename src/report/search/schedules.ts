// The schedules of a run with population-based training as its figure needs them: which values the mutated parameters had
// from which step to which, and whose weights went on in whom.
import type { Manifest } from '../../run/manifest.js';
import { quoteName, scheduleColumns } from '../columns.js';
import type { RunDatabase } from '../database.js';
import type { Vector } from '../vectors.js';
import { type Axis, toAxis } from './trials.js';

/** A trial with the same parameters for some steps. */
export interface Stretch {
  readonly trial: number;
  readonly step: number;
  readonly to: number;
  /** Its place in `stretches` that it went on from; −1: it has begun by itself. */
  readonly from: number;
}

/** By trial and step. */
export interface Schedules {
  /** The mutated axes; one value a stretch. */
  readonly axes: readonly Axis[];
  readonly stretches: readonly Stretch[];
  /** The last stretch of the best trial; −1 where none is best. */
  readonly best: number;
}

/** Undefined of a run without schedules, or before anything is known. */
export async function readSchedules(
  database: Pick<RunDatabase, 'columns'>,
  manifest: Manifest,
  best: number | null,
): Promise<Schedules | undefined> {
  const mutated = scheduleColumns(manifest).filter(({ role }) => role === 'axis');
  if (mutated.length === 0) return undefined;
  const cells = mutated.map(({ sql, type }) => {
    const isNumber = type === 'number' || type === 'integer';
    return `TRY_CAST(${quoteName(sql)} AS ${isNumber ? 'DOUBLE' : 'VARCHAR'})`;
  });
  const wanted = ['trial::DOUBLE', 'step::DOUBLE', '"from"::DOUBLE', 'last::DOUBLE', ...cells];
  const found = await database.columns(
    `SELECT ${wanted.map((sql, i) => `${sql} AS c${i}`).join(', ')} FROM schedules
     LEFT JOIN (SELECT trial AS of, max(step) AS last FROM metrics GROUP BY trial) ON of = trial ORDER BY c0, c1`,
  );
  const [trial, step, from, last] = found.slice(0, 4).map(numbersOf) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  if (trial.length === 0) return undefined;
  const places = new Map<number, number[]>();
  trial.forEach((each, i) => {
    const known = places.get(each);
    if (known === undefined) places.set(each, [i]);
    else known.push(i);
  });
  const stretches = Array.from(trial, (each, i): Stretch => {
    const to = trial[i + 1] === each ? step[i + 1]! : last[i]!;
    const source = Number.isNaN(from[i]!) ? undefined : places.get(from[i]!);
    // What the other one had until then: what it took over itself at that step comes after.
    const at = source?.findLast((place) => step[place] === 0 || step[place]! < step[i]!) ?? -1;
    return { trial: each, step: step[i]!, to: Math.max(step[i]!, Number.isNaN(to) ? 0 : to), from: at };
  });
  return {
    axes: mutated.map(({ name }, i) => toAxis(name, found[4 + i]!, manifest)),
    stretches,
    best: best === null ? -1 : (places.get(best)?.at(-1) ?? -1),
  };
}

/** Stretches from where the weights of one began, one after another. */
export function lineageOf({ stretches }: Pick<Schedules, 'stretches'>, place: number): number[] {
  const found: number[] = [];
  for (let at = place; at >= 0; ) {
    found.unshift(at);
    at = stretches[at]!.from;
  }
  return found;
}

function numbersOf(vector: Vector): Float64Array {
  return vector instanceof Float64Array ? vector : new Float64Array(vector.codes.length).fill(Number.NaN);
}
