// How the best came about: every configuration in the order of proposal, and the best so far as steps. Those that cannot
// be best are drawn otherwise; those without a value stand at the edge.
import { formatCount } from '../../ground/text.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form } from '../form.js';
import { layOutChart } from '../layout.js';
import { scaleAxis } from '../look.js';
import { INK } from '../theme.js';
import { dotsSeries, LOOKS, NAMES, thin, withLooks } from './marks.js';
import { type Searched, STATES, type State } from './trials.js';
import { endsOf, inside } from './view.js';

const BEST = 'best so far';
/** More points than that are a smear; of more, so many are drawn. */
const MOST = 3000;

interface Step {
  readonly row: number;
  readonly value: number;
}

/** The rows that were better than all before. */
export function stepsOf({ state, values, objectives }: Searched): Step[] {
  const sign = objectives[0]!.goal === 'min' ? 1 : -1;
  let best = Number.POSITIVE_INFINITY;
  const steps: Step[] = [];
  values[0]!.forEach((value, row) => {
    if (state[row] !== 'ok' || !(sign * value < best)) return;
    best = sign * value;
    steps.push({ row, value });
  });
  return steps;
}

/** Of the first objective. */
export function historyChart(run: Searched): Chart {
  return drawInForms((form) => draw(run, form));
}

function draw(run: Searched, form: Form): Chart {
  const { trial, state, objectives, count } = run;
  const { metric } = objectives[0]!;
  const values = run.values[0]!;
  const view = run.views[0]!;
  const steps = stepsOf(run);
  const isStep = new Set(steps.map(({ row }) => row));
  const shown = thin(count, MOST, (row) => isStep.has(row));
  const place = (row: number) => [trial[row]!, inside(values[row]!, view)] as const;
  const kinds = STATES.filter((kind) => state.includes(kind));
  const line = steps.map(({ row, value }) => [trial[row]!, value]);
  if (steps.length > 0) line.push([trial[count - 1]!, steps.at(-1)!.value]);
  const names = [BEST, ...kinds.map((kind) => NAMES[kind])];
  const notes = [
    ...(shown.length < count ? [`${formatCount(shown.length)} of ${formatCount(count)} are drawn`] : []),
    ...(view.beyond > 0 ? [`${formatCount(view.beyond)} beyond the edge are drawn on it`] : []),
    ...(values.some(Number.isNaN) ? ['those without a value are drawn on the edge'] : []),
  ];
  const look = {
    title: `Best ${metric} so far`,
    ...(notes.length === 0 ? {} : { subtitle: notes.join('; ') }),
  };
  const layout = layOutChart(look, form, { names, title: '', symbolWidth: 16 });
  return {
    ...layout,
    data: {
      columns: ['trial', 'status', metric, BEST],
      marks: shown.map((row) => ({
        cells: [trial[row]!, state[row]!, cell(values[row]!), bestAt(steps, row)],
        axes: 0,
        point: place(row),
      })),
    },
    option: {
      ...withIcons(layout.option, kinds),
      xAxis: {
        ...scaleAxis('linear', 'x', 'trial'),
        min: 0,
        max: Math.max(1, trial[count - 1]!),
        minInterval: 1,
      },
      yAxis: {
        ...scaleAxis(view.scale, 'y', metric),
        ...endsOf(view),
      },
      series: [
        ...kinds.map((kind) =>
          dotsSeries({
            name: NAMES[kind],
            points: shown.filter((row) => state[row] === kind).map(place),
            look: LOOKS[kind],
            radius: radiusFor(shown.length),
          }),
        ),
        {
          type: 'line',
          name: BEST,
          data: line,
          step: 'end',
          symbol: 'none',
          color: INK,
          lineStyle: { width: 2 },
          z: 4,
        },
      ],
    },
  };
}

function cell(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

export function radiusFor(count: number): number {
  return count > 1000 ? 1.5 : count > 200 ? 2.2 : 3.2;
}

/** The best up to a row. */
function bestAt(steps: readonly Step[], row: number): number | null {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[middle]!.row <= row) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1]?.value ?? null;
}

/** Each kind with its own symbol in the legend. */
export function withIcons(
  option: Readonly<Record<string, unknown>>,
  kinds: readonly State[],
): Readonly<Record<string, unknown>> {
  return withLooks(option, new Map(kinds.map((kind) => [NAMES[kind], LOOKS[kind]])));
}
