// What trials reported on their way: some as lines, the best in ink; those that were stopped early end in a mark.
import type { Manifest } from '../../run/manifest.js';
import type { Objective } from '../../trial/objective.js';
import { metricColumns, quoteName, trialColumns } from '../columns.js';
import type { RunDatabase } from '../database.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form } from '../form.js';
import { layOutChart } from '../layout.js';
import { edges, scaleAxis } from '../look.js';
import { INK } from '../theme.js';
import { withIcons } from './history.js';
import { dotsSeries, LOOKS, linesSeries, NAMES, thin, type XY } from './marks.js';
import { STATES, type State } from './trials.js';
import { endsOf, inside, viewOf } from './view.js';

/** Trials and points of a line that are drawn. */
const MOST = 80;
const POINTS = 150;
const BEST = 'best';

export interface Curve {
  readonly trial: number;
  readonly state: State;
  readonly points: readonly XY[];
}

export interface Curves {
  readonly series: string;
  /** By trial; null where none is best. */
  readonly best: number | null;
  readonly curves: readonly Curve[];
  /** How many trials have curves. */
  readonly count: number;
}

/** The series that is called as the objective, else the first. Undefined where no trial reported anything. */
export async function readCurves(
  database: Pick<RunDatabase, 'query'>,
  manifest: Manifest,
  { metric, goal }: Objective,
): Promise<Curves | undefined> {
  const [, , ...declared] = metricColumns(manifest);
  const series = declared.find(({ name }) => name === metric) ?? declared[0];
  if (series === undefined) return undefined;
  const value = quoteName(series.sql);
  const objective = quoteName(
    trialColumns(manifest).find(({ name, role }) => role === 'measured' && name === metric)!.sql,
  );
  const listed = await database.query(
    `SELECT trial::DOUBLE AS trial, status FROM trials
     WHERE trial IN (SELECT DISTINCT trial FROM metrics WHERE isfinite(${value})) ORDER BY trial`,
  );
  if (listed.rows.length === 0) return undefined;
  const top = await database.query(
    `SELECT trial::DOUBLE AS trial FROM trials WHERE status = 'ok' AND isfinite(TRY_CAST(${objective} AS DOUBLE))
     ORDER BY ${objective} ${goal === 'min' ? 'ASC' : 'DESC'}, trial LIMIT 1`,
  );
  const best = top.rows[0] === undefined ? null : Number(top.rows[0].trial);
  const chosen = thin(listed.rows.length, MOST, (i) => listed.rows[i]!.trial === best).map(
    (i) => listed.rows[i]!,
  );
  const points = await database.query(
    `SELECT trial::DOUBLE AS trial, step::DOUBLE AS step, ${value}::DOUBLE AS value FROM metrics
     WHERE trial IN (${chosen.map(({ trial }) => Number(trial)).join(', ')}) AND isfinite(${value}) ORDER BY trial, step`,
  );
  const of = new Map(chosen.map(({ trial }) => [Number(trial), [] as XY[]]));
  for (const row of points.rows) of.get(Number(row.trial))!.push([Number(row.step), Number(row.value)]);
  return {
    series: series.name,
    best,
    count: listed.rows.length,
    curves: chosen.map(({ trial, status }) => {
      const all = of.get(Number(trial))!;
      return {
        trial: Number(trial),
        state: status === 'ok' || status === 'pruned' ? status : 'failed',
        points: thin(all.length, POINTS, (i) => i === all.length - 1).map((i) => all[i]!),
      };
    }),
  };
}

export function intermediateChart(found: Curves, goal: Objective['goal']): Chart {
  return drawInForms((form) => draw(found, goal, form));
}

function draw({ series, best, curves, count }: Curves, goal: Objective['goal'], form: Form): Chart {
  const points = curves.flatMap((curve) => curve.points);
  const view = viewOf(
    Float64Array.from(points, ([, value]) => value),
    goal,
  );
  const kinds = STATES.filter((kind) => curves.some(({ state }) => state === kind));
  const others = (kind: State) => curves.filter(({ state, trial }) => state === kind && trial !== best);
  const first = curves.find(({ trial }) => trial === best);
  const names = [...(first === undefined ? [] : [BEST]), ...kinds.map((kind) => NAMES[kind])];
  const notes = [
    ...(curves.length < count ? [`${curves.length} of ${count} trials`] : []),
    ...(view.beyond > 0 ? ['cut at the edge'] : []),
  ];
  const look = {
    title: `${series} on the way`,
    ...(notes.length === 0 ? {} : { subtitle: notes.join('; ') }),
  };
  const layout = layOutChart(look, form, { names, title: '', symbolWidth: 16 });
  const steps = points.map(([step]) => step);
  return {
    ...layout,
    data: {
      columns: ['trial', 'status', 'step', series],
      marks: curves.flatMap(({ trial, state, points: own }) =>
        own.map((point) => ({
          cells: [trial, state, ...point],
          axes: 0,
          point: [point[0], inside(point[1], view)] as const,
        })),
      ),
    },
    option: {
      ...withIcons(layout.option, kinds),
      xAxis: {
        ...scaleAxis('linear', 'x', 'step'),
        ...edges(steps),
        ...(steps.every(Number.isInteger) ? { minInterval: 1 } : {}),
      },
      yAxis: {
        ...scaleAxis(view.scale, 'y', series),
        ...endsOf(view),
      },
      series: [
        ...kinds.map((kind) => pathSeries(others(kind), kind)),
        ...kinds
          .filter((kind) => kind !== 'ok')
          .map((kind) =>
            dotsSeries({
              name: NAMES[kind],
              points: others(kind).map((curve) => curve.points.at(-1)!),
              look: LOOKS[kind],
              radius: 3.2,
            }),
          ),
        ...(first === undefined
          ? []
          : [
              {
                type: 'line',
                name: BEST,
                data: first.points,
                color: INK,
                symbol: 'none',
                lineStyle: { width: 2.4 },
                z: 4,
              },
            ]),
      ],
    },
  };
}

function pathSeries(curves: readonly Curve[], kind: State): object {
  return linesSeries({
    name: NAMES[kind],
    lines: curves.map(({ points }) => points),
    colour: LOOKS[kind].colour,
    style: kind === 'ok' ? {} : { lineDash: kind === 'pruned' ? [5, 3] : [2, 3] },
  });
}
