// Two objectives against each other, and the Pareto front: the feasible configurations that no other one beats in all
// objectives.

import { formatCount } from '../../ground/text.js';
import { findFronts } from '../../stats/fronts.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form } from '../form.js';
import { layOutChart } from '../layout.js';
import { scaleAxis } from '../look.js';
import { INK } from '../theme.js';
import { radiusFor, withIcons } from './history.js';
import { dotsSeries, LOOKS, NAMES, thin, type XY } from './marks.js';
import { type Searched, STATES } from './trials.js';
import { endsOf, inside, type View } from './view.js';

const FRONT = 'Pareto front';
const MOST = 3000;

/** Rows of the first front, in the order of the first objective. */
export function frontOf({ objectives, values, state }: Searched): number[] {
  const rows = state.flatMap((each, row) => (each === 'ok' ? [row] : []));
  const losses = objectives.map(({ goal }, i) =>
    Float64Array.from(rows, (row) => (goal === 'min' ? 1 : -1) * values[i]![row]!),
  );
  const fronts = findFronts(losses);
  return rows.filter((_, i) => fronts[i] === 1).sort((a, b) => values[0]![a]! - values[0]![b]! || a - b);
}

/** Of several objectives the first two. */
export function frontChart(run: Searched): Chart {
  const front = frontOf(run);
  return drawInForms((form) => draw(run, front, form));
}

function draw(run: Searched, front: readonly number[], form: Form): Chart {
  const { objectives, state, count, trial } = run;
  const [first, second] = objectives as [(typeof objectives)[0], (typeof objectives)[0]];
  const [xs, ys] = run.values as [Float64Array, Float64Array];
  const onFront = new Set(front);
  const hasBoth = (row: number) => !Number.isNaN(xs[row]!) && !Number.isNaN(ys[row]!);
  const shown = thin(count, MOST, (row) => onFront.has(row)).filter(hasBoth);
  const kinds = STATES.filter((kind) => shown.some((row) => state[row] === kind));
  const [across, up] = run.views as [View, View];
  const point = (row: number): XY => [inside(xs[row]!, across), inside(ys[row]!, up)];
  const others = objectives.slice(2).map(({ metric }) => metric);
  const notes = [
    `${formatCount(front.length)} of ${formatCount(count)} configurations are on the front`,
    ...(others.length > 0 ? [`judged by ${others.join(', ')} as well`] : []),
    ...(across.beyond + up.beyond > 0 ? ['those far off are drawn on the edge'] : []),
  ];
  const look = { title: `${second.metric} against ${first.metric}`, subtitle: notes.join('; ') };
  const layout = layOutChart(look, form, {
    names: [FRONT, ...kinds.map((kind) => NAMES[kind])],
    title: '',
    symbolWidth: 16,
  });
  const name = ({ metric, goal }: (typeof objectives)[0]) => `${metric} (${goal})`;
  return {
    ...layout,
    data: {
      columns: ['trial', 'status', ...objectives.map(({ metric }) => metric), 'on the front'],
      marks: shown.map((row) => ({
        cells: [
          trial[row]!,
          state[row]!,
          ...run.values.map((values) => values[row]!),
          onFront.has(row) ? 'yes' : 'no',
        ],
        axes: 0,
        point: point(row),
      })),
    },
    option: {
      ...withIcons(layout.option, kinds),
      xAxis: { ...scaleAxis(across.scale, 'x', name(first)), ...endsOf(across) },
      yAxis: { ...scaleAxis(up.scale, 'y', name(second)), ...endsOf(up) },
      series: [
        ...kinds.map((kind) =>
          dotsSeries({
            name: NAMES[kind],
            points: shown.filter((row) => state[row] === kind).map(point),
            look: LOOKS[kind],
            radius: radiusFor(shown.length),
          }),
        ),
        {
          type: 'line',
          name: FRONT,
          data: front.map(point),
          color: INK,
          z: 4,
          symbol: 'circle',
          symbolSize: 6,
          showAllSymbol: true,
          // Between two of the front there is nothing better than the corner; of more objectives there are no corners.
          ...(objectives.length === 2
            ? { step: first.goal === 'min' ? 'end' : 'start', lineStyle: { width: 1.6 } }
            : { lineStyle: { opacity: 0 } }),
        },
      ],
    },
  };
}
