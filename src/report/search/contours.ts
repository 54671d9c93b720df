// The objective over the two most important parameters that are numbers: bands of equal value of a smooth surface through
// the configurations, which are the points.
import { colourAxes, colourBar } from '../colour-scale.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form, NARROW_WIDTH } from '../form.js';
import { heading, squeeze } from '../layout.js';
import { FONT, INK } from '../theme.js';
import { type Bands, bandSeries, findBands } from './bands.js';
import { stepsOf } from './history.js';
import { dotsSeries, type MarkLook, starSeries, thin, type XY } from './marks.js';
import { axisOf, orderAxes } from './slices.js';
import type { Axis, Searched } from './trials.js';
import { inside } from './view.js';

const MOST = 800;
/** Points of fewer configurations are no surface. */
const LEAST = 10;
/** The same on light and dark bands, and on a light and a dark page. */
const POINT: MarkLook = { shape: 'dot', colour: 'rgb(20,20,20)', opacity: 0.55 };

/** Undefined where fewer than two parameters are numbers, or few configurations have a value. */
export function contourChart(run: Searched, important: readonly string[]): Chart | undefined {
  const [x, y] = orderAxes(run.axes, important).filter(({ labels }) => labels === null);
  if (x === undefined || y === undefined) return undefined;
  const values = run.values[0]!;
  const view = run.views[0]!;
  const isUsed = (row: number) =>
    (run.state[row] === 'ok' || run.state[row] === 'infeasible') &&
    ![x.values, y.values, values].some((column) => Number.isNaN(column[row]!));
  const best = stepsOf(run).at(-1)?.row;
  const all = Array.from(values, (_, row) => row).filter(isUsed);
  if (all.length < LEAST) return undefined;
  const rows = thin(all.length, MOST, (i) => all[i] === best).map((i) => all[i]!);
  const bands = findBands({ x, y, rows, valueAt: (row) => inside(values[row]!, view) }, view);
  const stars = best !== undefined && isUsed(best) ? [best] : [];
  return drawInForms((form) => draw({ run, x, y, rows, stars, bands }, form));
}

interface Drawn {
  readonly run: Searched;
  readonly x: Axis;
  readonly y: Axis;
  readonly rows: readonly number[];
  readonly stars: readonly number[];
  readonly bands: Bands;
}

function draw({ run, x, y, rows, stars, bands }: Drawn, { isNarrow }: Form): Chart {
  const { metric } = run.objectives[0]!;
  const values = run.values[0]!;
  const width = isNarrow ? NARROW_WIDTH : 760;
  const look = { title: `${metric} over ${squeeze(x.name)} and ${squeeze(y.name)}` };
  const { title, bottom } = heading(look, width);
  const top = bottom + (isNarrow ? 62 : 8);
  const side = isNarrow ? 280 : 400;
  const grid = { left: 72, top, width: width - 72 - (isNarrow ? 20 : 120), height: side };
  const bar = isNarrow
    ? { left: 72, top: bottom + 22, width: grid.width, height: 12 }
    : { left: width - 92, top: top + 26, width: 14, height: side - 40 };
  const barAxes = colourAxes(1, bands.colours, isNarrow);
  const point = (row: number): XY => [x.values[row]!, y.values[row]!];
  const ends = ({ low, high }: Bands['across']) => ({ min: low, max: high, splitLine: { show: false } });
  const name = {
    ...{ text: squeeze(metric), fill: INK, fontFamily: FONT, fontSize: 12, fontWeight: 600 },
    align: isNarrow ? 'left' : 'right',
  };
  return {
    width,
    height: top + side + 60,
    data: {
      columns: ['trial', x.name, y.name, metric],
      marks: rows.map((row) => ({
        cells: [run.trial[row]!, x.values[row]!, y.values[row]!, values[row]!],
        axes: 0,
        point: point(row),
      })),
    },
    option: {
      ...title,
      grid: [grid, bar],
      xAxis: [{ ...axisOf(x, grid.width), ...ends(bands.across) }, barAxes.x],
      yAxis: [{ ...axisOf(y, side, 'y'), ...ends(bands.up) }, barAxes.y],
      graphic: [
        {
          type: 'text',
          x: isNarrow ? bar.left : width - 12,
          y: isNarrow ? bar.top - 17 : top + 4,
          silent: true,
          style: name,
        },
      ],
      series: [
        bandSeries(bands),
        dotsSeries({
          name: 'configurations',
          points: rows.map(point),
          look: POINT,
          radius: rows.length > 400 ? 1.1 : 1.7,
        }),
        starSeries(stars.map(point)),
        colourBar(1, bands.colours, isNarrow),
      ],
    },
  };
}
