// Each mutated parameter of a run with population-based training over its steps: a line a trial, which ends where the trial
// takes over another one's weights, and branches off there from the line of that one; the way to the best one in ink.
import { formatCount } from '../../ground/text.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form } from '../form.js';
import { edges, scaleAxis } from '../look.js';
import { CATEGORY_COLOURS, INK } from '../theme.js';
import { dotsSeries, type Lines, linesSeries, thin, type XY } from './marks.js';
import { layOutPanels } from './panel-grid.js';
import { lineageOf, type Schedules } from './schedules.js';
import { axisOf } from './slices.js';
import type { Axis } from './trials.js';

const PANELS = 6;
/** Trials that are drawn. */
const MOST = 80;
const [TRIALS, BEST, TAKEN] = ['trials', 'way to the best', 'took over'];

export function schedulesChart(found: Schedules): Chart {
  return drawInForms((form) => draw(found, form));
}

function draw(found: Schedules, form: Form): Chart {
  const { stretches, best } = found;
  const axes = found.axes.slice(0, PANELS);
  const way = best < 0 ? [] : lineageOf(found, best);
  const trials = [...new Set(stretches.map(({ trial }) => trial))];
  const needed = new Set(way.map((place) => stretches[place]!.trial));
  const chosen = new Set(thin(trials.length, MOST, (i) => needed.has(trials[i]!)).map((i) => trials[i]!));
  const shown = [...stretches.keys()].filter((place) => chosen.has(stretches[place]!.trial));
  const hasTaken = shown.some((place) => stretches[place]!.from >= 0);
  const names = [TRIALS!, ...(way.length > 0 ? [BEST!] : []), ...(hasTaken ? [TAKEN!] : [])];
  const notes = [
    ...(axes.length < found.axes.length ? [`${axes.length} of ${found.axes.length} parameters`] : []),
    ...(chosen.size < trials.length
      ? [`${formatCount(chosen.size)} of ${formatCount(trials.length)} trials`]
      : []),
  ];
  const title = 'Parameters on the way';
  const look = { title, ...(notes.length === 0 ? {} : { subtitle: notes.join('; ') }) };
  const layout = layOutPanels(look, form, axes.length, names);
  const steps = stretches.flatMap(({ step, to }) => [step, to]);
  return {
    width: layout.width,
    height: layout.height,
    data: {
      columns: ['parameter', 'trial', 'step', 'value', 'from'],
      marks: axes.flatMap((axis, at) => marksOf(found, axis, shown).map((mark) => ({ ...mark, axes: at }))),
    },
    option: {
      ...layout.option,
      grid: layout.boxes.map((box) => ({ ...box })),
      xAxis: axes.map((_, gridIndex) => ({
        gridIndex,
        ...scaleAxis('linear', 'x', 'step'),
        ...edges(steps),
        ...(steps.every(Number.isInteger) ? { minInterval: 1 } : {}),
        splitNumber: 4,
      })),
      yAxis: axes.map((axis, gridIndex) => ({
        gridIndex,
        ...axisOf(axis, layout.boxes[0]!.height, 'y'),
        nameGap: 46,
      })),
      series: axes.flatMap((axis, at) => [
        linesSeries({ ...linesOf(found, axis, shown), name: TRIALS!, colour: CATEGORY_COLOURS[0], axes: at }),
        ...(way.length === 0
          ? []
          : [
              linesSeries({
                ...linesOf(found, axis, way, true),
                ...{ name: BEST!, colour: INK, axes: at, z: 4, style: { lineWidth: 2.2, opacity: 1 } },
              }),
            ]),
        ...(hasTaken
          ? [
              dotsSeries({
                name: TAKEN!,
                points: shown
                  .filter((place) => stretches[place]!.from >= 0 && exists(axis, place))
                  .map((place) => [stretches[place]!.step, axis.values[place]!]),
                look: { shape: 'dot', colour: CATEGORY_COLOURS[1], opacity: 0.8 },
                radius: 2.4,
                axes: at,
              }),
            ]
          : []),
      ]),
    },
  };
}

const exists = ({ values }: Axis, place: number): boolean => !Number.isNaN(values[place]!);

/** A stretch as a line; one that branches off begins on the line of the other one. `isWay`: each ends where the next begins. */
function linesOf(
  { stretches }: Schedules,
  axis: Axis,
  places: readonly number[],
  isWay = false,
): Pick<Lines, 'lines'> {
  const { values } = axis;
  return {
    lines: places
      .filter((place) => exists(axis, place))
      .map((place, i, all) => {
        const { step, from } = stretches[place]!;
        const next = isWay ? all[i + 1] : undefined;
        const to = next === undefined ? stretches[place]!.to : stretches[next]!.step;
        const own: XY[] = [
          [step, values[place]!],
          [to, values[place]!],
        ];
        return from >= 0 && exists(axis, from) ? [[step, values[from]!], ...own] : own;
      }),
  };
}

function marksOf({ stretches }: Schedules, axis: Axis, places: readonly number[]) {
  return places
    .filter((place) => exists(axis, place))
    .map((place) => {
      const { trial, step, from } = stretches[place]!;
      const value = axis.values[place]!;
      const shown = axis.labels?.[value] ?? value;
      const whose = from < 0 ? null : stretches[from]!.trial;
      return { cells: [axis.name, trial, step, shown, whose], point: [step, value] as XY };
    });
}
