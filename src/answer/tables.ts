// The answer as tables: the columns of summary/best.csv and summary/importance.csv, in CSV, and as rows for people.
import { type Cell, formatRow } from '../ground/csv.js';
import { mutatedAxes } from '../run/schedule.js';
import type { Point, Value } from '../space/types.js';
import { canonicalValue } from '../space/value.js';
import { formatParam } from '../trial/cells.js';
import type { SpaceParam } from '../trial/params.js';
import type { Asked } from './answer.js';
import { finalOf } from './finals.js';
import type { Importance } from './importance.js';

/**
 * Rows of best.csv, the header first: with several objectives `front` in place of `rank`; of population-based training
 * `<axis>_final` behind all else, what the mutated axes of its first trial were at its end.
 */
export function* bestRows({ aims, of, ranking, status }: Asked, limit: number): Generator<string> {
  const names = aims.objectives.map(({ metric }) => metric);
  const { params } = status.state.epoch.record.worker;
  const typeOf = new Map(params.map(({ name, type }) => [name, type]));
  const mutated = mutatedAxes(status.manifest);
  yield formatRow([
    names.length > 1 ? 'front' : 'rank',
    ...['trial', 'replicates'],
    ...of.axes.map(({ name }) => name),
    ...names.flatMap((name) => [name, `${name}_low`, `${name}_high`]),
    'feasible',
    ...mutated.map((name) => `${name}_final`),
  ]);
  const rows = Math.min(limit, ranking.order.length);
  for (let place = 0; place < rows; place++) {
    const { rank, trial, replicates, point, values, feasible } = ranking.at(place);
    const cells: Cell[] = [rank, trial, replicates];
    const before = formatRow(cells).trimEnd();
    // Lists and objects are canonical JSON, as in trials.csv.
    const cellOf = (name: string, from: Point) =>
      formatParam(from[name], typeOf.get(name) as SpaceParam['type']);
    const axes = of.axes.map(({ name }) => cellOf(name, point));
    const final = finalOf(status, { trial, point, replicates }) ?? {};
    const after = formatRow([
      ...values.flatMap(({ count, mean, low, high }) =>
        count === 0 ? [null, null, null] : [mean, low, high],
      ),
      feasible,
    ]).trimEnd();
    yield `${[before, ...axes, after, ...mutated.map((name) => cellOf(name, final))].join(',')}\n`;
  }
}

type Shown = number | string | boolean | null;

export interface AnswerTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Shown>>[];
}

/** The first of the same, with lists and objects as canonical JSON. */
export function bestTable({ aims, of, ranking, status }: Asked, limit: number): AnswerTable {
  const place = aims.objectives.length > 1 ? 'front' : 'rank';
  const mutated = mutatedAxes(status.manifest);
  const rows = Array.from({ length: Math.min(limit, ranking.order.length) }, (_, i) => {
    const { rank, trial, replicates, point, values, feasible } = ranking.at(i);
    const axes = of.axes.map(({ name }) => [name, showValue(point[name])] as const);
    const final = finalOf(status, { trial, point, replicates }) ?? {};
    const means = aims.objectives.flatMap(({ metric }, k) => {
      const { count, mean, low, high } = values[k]!;
      const ends = count === 0 ? [null, null, null] : [mean, low, high];
      return ['', '_low', '_high'].map((end, e) => [`${metric}${end}`, ends[e]!] as const);
    });
    return Object.fromEntries<Shown>([
      ...([
        [place, rank],
        ['trial', trial],
        ['replicates', replicates],
      ] as const),
      ...axes,
      ...means,
      ['feasible', feasible],
      ...mutated.map((name) => [`${name}_final`, showValue(final[name])] as const),
    ]);
  });
  return { columns: Object.keys(rows[0] ?? {}), rows };
}

function showValue(value: Value | undefined): Shown {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? canonicalValue(value) : value;
}

export function importanceTable(importance: readonly Importance[]): AnswerTable {
  const rows = importance.map(({ parameter, metric, importance: share, low, high, method }) => ({
    ...{ parameter, metric, importance: share, low, high, method },
  }));
  return { columns: ['parameter', 'metric', 'importance', 'low', 'high', 'method'], rows };
}

export function* importanceRows(importance: readonly Importance[]): Generator<string> {
  yield formatRow(['parameter', 'metric', 'importance', 'low', 'high', 'method']);
  for (const { parameter, metric, importance: share, low, high, method } of importance)
    yield formatRow([parameter, metric, share, low, high, method]);
}
