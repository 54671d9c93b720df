// Each parameter against the objective, the most important first: where the good values of a parameter lie, and whether
// the search has looked elsewhere.
import { formatCount } from '../../ground/text.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form } from '../form.js';
import { squeeze } from '../layout.js';
import { logAxis } from '../log-axis.js';
import { scaleAxis } from '../look.js';
import { radiusFor, stepsOf, withIcons } from './history.js';
import { dotsSeries, LOOKS, NAMES, starSeries, thin, type XY } from './marks.js';
import { layOutPanels } from './panel-grid.js';
import { type Axis, type Searched, STATES } from './trials.js';
import { endsOf, inside } from './view.js';

const PANELS = 6;
const MOST = 1500;

/** Axes by importance; those that are not named come last. */
export function orderAxes(axes: readonly Axis[], important: readonly string[]): readonly Axis[] {
  const rank = new Map(
    important.flatMap((name, i) => [name, ...name.split('+')].map((each) => [each, i] as const)),
  );
  return axes.toSorted((a, b) => (rank.get(a.name) ?? axes.length) - (rank.get(b.name) ?? axes.length));
}

export function slicesChart(run: Searched, important: readonly string[]): Chart {
  const axes = orderAxes(run.axes, important).slice(0, PANELS);
  return drawInForms((form) => draw(run, axes, form));
}

function draw(run: Searched, axes: readonly Axis[], form: Form): Chart {
  const { objectives, state, count, trial } = run;
  const { metric } = objectives[0]!;
  const values = run.values[0]!;
  const view = run.views[0]!;
  const best = stepsOf(run).at(-1)?.row;
  const shown = thin(count, MOST, (row) => row === best);
  const kinds = STATES.filter((kind) => state.includes(kind));
  const point = (axis: Axis, row: number): XY => [placeOn(axis, row), inside(values[row]!, view)];
  const notes = [
    ...(axes.length < run.axes.length
      ? [`the ${axes.length} most important of ${run.axes.length} parameters`]
      : []),
    ...(shown.length < count ? [`${formatCount(shown.length)} of ${formatCount(count)} configurations`] : []),
    ...(view.beyond > 0 || values.some(Number.isNaN)
      ? ['what is far off or has no value is drawn on the edge']
      : []),
  ];
  const layout = layOutPanels(
    {
      title: `${metric} against each parameter`,
      ...(notes.length === 0 ? {} : { subtitle: notes.join('; ') }),
    },
    form,
    axes.length,
    kinds.map((kind) => NAMES[kind]),
  );
  const exists = (axis: Axis) => shown.filter((row) => !Number.isNaN(axis.values[row]!));
  return {
    width: layout.width,
    height: layout.height,
    data: {
      columns: ['parameter', 'value', metric, 'trial', 'status'],
      marks: axes.flatMap((axis, axes) =>
        exists(axis).map((row) => ({
          cells: [
            axis.name,
            axis.labels?.[axis.values[row]!] ?? axis.values[row]!,
            finite(values[row]!),
            trial[row]!,
            state[row]!,
          ],
          axes,
          point: point(axis, row),
        })),
      ),
    },
    option: {
      ...withIcons(layout.option, kinds),
      grid: layout.boxes.map((box) => ({ ...box })),
      xAxis: axes.map((axis, gridIndex) => ({
        gridIndex,
        ...axisOf(axis, form.isNarrow ? 260 : layout.boxes[0]!.width),
      })),
      yAxis: axes.map((_, gridIndex) => ({
        gridIndex,
        ...scaleAxis(view.scale, 'y', metric),
        ...endsOf(view),
        splitNumber: 4,
        nameGap: 46,
      })),
      series: axes.flatMap((axis, i) => {
        const rows = exists(axis);
        return [
          ...kinds.map((kind) =>
            dotsSeries({
              name: NAMES[kind],
              points: rows.filter((row) => state[row] === kind).map((row) => point(axis, row)),
              look: LOOKS[kind],
              radius: Math.min(2.6, radiusFor(shown.length)),
              axes: i,
            }),
          ),
          ...(best === undefined || Number.isNaN(axis.values[best]!)
            ? []
            : [starSeries([point(axis, best)], i)]),
        ];
      }),
    },
  };
}

function finite(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Text is spread about its place, the same way every time: equal values would hide one another. */
export function placeOn({ values, labels }: Axis, row: number): number {
  if (labels === null) return values[row]!;
  return values[row]! + (((row + 1) * 0.6180339887498949) % 1) * 0.5 - 0.25;
}

/** An x or y axis for a parameter; `room` is its length in CSS pixels. */
export function axisOf({ name, range, labels, scale }: Axis, room: number, side: 'x' | 'y' = 'x'): object {
  if (labels !== null) {
    const every = Math.max(1, Math.ceil(labels.length / (room / 60)));
    const letters = Math.max(4, Math.floor(room / Math.min(labels.length, room / 60) / 7));
    return {
      ...scaleAxis('linear', side, squeeze(name)),
      min: -0.5,
      max: labels.length - 0.5,
      splitLine: { show: false },
      axisTick: { customValues: labels.map((_, i) => i) },
      axisLabel: {
        customValues: labels.map((_, i) => i).filter((i) => i % every === 0),
        formatter: (at: number) => clip(labels[Math.round(at)] ?? '', letters),
      },
    };
  }
  return {
    ...scaleAxis(scale, side, squeeze(name)),
    splitNumber: 4,
    ...(scale === 'log' ? thinLabels(logAxis([range.low, range.high]), room) : { scale: true }),
  };
}

/** So many labels as there is room for. */
function thinLabels(axis: object, room: number): object {
  const { axisLabel = {} } = axis as { readonly axisLabel?: { readonly customValues?: readonly number[] } };
  const { customValues = [] } = axisLabel;
  const every = Math.ceil(customValues.length / Math.max(2, room / 56));
  return {
    ...axis,
    axisLabel: { ...axisLabel, customValues: customValues.filter((_, i) => i % every === 0) },
  };
}

function clip(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}
