// The answer as tables: the columns of summary/best.csv and summary/importance.csv, in CSV.
import { type Cell, formatRow } from '../ground/csv.js';
import { formatParam } from '../trial/cells.js';
import type { SpaceParam } from '../trial/params.js';
import type { Asked } from './answer.js';
import type { Importance } from './importance.js';

/** Rows of best.csv, the header first: with several objectives `front` in place of `rank`. */
export function* bestRows({ aims, of, ranking, status }: Asked, limit: number): Generator<string> {
  const names = aims.objectives.map(({ metric }) => metric);
  const { params } = status.state.epoch.record.worker;
  const typeOf = new Map(params.map(({ name, type }) => [name, type]));
  yield formatRow([
    names.length > 1 ? 'front' : 'rank',
    ...['trial', 'replicates'],
    ...of.axes.map(({ name }) => name),
    ...names.flatMap((name) => [name, `${name}_low`, `${name}_high`]),
    'feasible',
  ]);
  const rows = Math.min(limit, ranking.order.length);
  for (let place = 0; place < rows; place++) {
    const { rank, trial, replicates, point, values, feasible } = ranking.at(place);
    const cells: Cell[] = [rank, trial, replicates];
    const before = formatRow(cells).trimEnd();
    // Lists and objects are canonical JSON, as in trials.csv.
    const axes = of.axes.map(({ name }) => formatParam(point[name], typeOf.get(name) as SpaceParam['type']));
    const after = formatRow([
      ...values.flatMap(({ count, mean, low, high }) =>
        count === 0 ? [null, null, null] : [mean, low, high],
      ),
      feasible,
    ]);
    yield [before, ...axes, after].join(',');
  }
}

export function* importanceRows(importance: readonly Importance[]): Generator<string> {
  yield formatRow(['parameter', 'metric', 'importance', 'low', 'high', 'method']);
  for (const { parameter, metric, importance: share, low, high, method } of importance)
    yield formatRow([parameter, metric, share, low, high, method]);
}
