// The objective over the two most important parameters that are numbers: bands of equal value of a smooth surface through
// the configurations, which are the points.
import { findContours } from '../../explore/contours.js';
import { type ColourScale, colourAxes, colourBar, colourOf, colourScale } from '../colour-scale.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form, NARROW_WIDTH } from '../form.js';
import { heading, squeeze } from '../layout.js';
import { FONT, INK } from '../theme.js';
import { stepsOf, viewOf } from './history.js';
import { dotsSeries, type MarkLook, starSeries, thin, type XY } from './marks.js';
import { axisOf, orderAxes } from './slices.js';
import { smoothSurface } from './surface.js';
import { type Axis, type Searched, scaleOf } from './trials.js';

/** Cells along a side, and bands of colour. */
const SIZE = 40;
const BANDS = 12;
const MOST = 1500;
/** Points of fewer configurations are no surface. */
export const LEAST_SURFACE = 10;
/** The same on light and dark bands, and on a light and a dark page. */
const POINT: MarkLook = { shape: 'dot', colour: 'rgb(20,20,20)', opacity: 0.55 };
const LINE = 'rgb(250,250,250)';

/** Undefined where fewer than two parameters are numbers, or few configurations have a value. */
export function contourChart(run: Searched, important: readonly string[]): Chart | undefined {
  const [x, y] = orderAxes(run.axes, important).filter(({ labels }) => labels === null);
  if (x === undefined || y === undefined) return undefined;
  const values = run.values[0]!;
  const isUsed = (row: number) =>
    (run.state[row] === 'ok' || run.state[row] === 'infeasible') &&
    [x, y].every((axis) => !Number.isNaN(axis.values[row]!));
  const best = stepsOf(run).at(-1)?.row;
  const rows = Array.from(values, (_, row) => row).filter(isUsed);
  if (rows.length < LEAST_SURFACE) return undefined;
  const shown = thin(rows.length, MOST, (i) => rows[i] === best).map((i) => rows[i]!);
  return drawInForms((form) =>
    draw({ run, x, y, rows: shown, best: best !== undefined && isUsed(best) ? best : undefined }, form),
  );
}

interface Drawn {
  readonly run: Searched;
  readonly x: Axis;
  readonly y: Axis;
  readonly rows: readonly number[];
  readonly best: number | undefined;
}

function draw({ run, x, y, rows, best }: Drawn, form: Form): Chart {
  const { metric, goal } = run.objectives[0]!;
  const values = run.values[0]!;
  const scale = scaleOf(values);
  const view = viewOf(values, goal === 'min', scale === 'log');
  const clipped = rows.map((row) => Math.min(Math.max(values[row]!, view.low), view.high));
  const log = scale === 'log';
  const [across, up] = [x, y].map((axis) => endsOf(axis, rows)) as [Ends, Ends];
  const surface = smoothSurface(
    {
      xs: rows.map((row) => across.unitOf(x.values[row]!)),
      ys: rows.map((row) => up.unitOf(y.values[row]!)),
      values: clipped.map((value) => (log ? Math.log(value) : value)),
    },
    SIZE,
  ).map((value) => (log ? Math.exp(value) : value));
  const known = [...surface].filter((value) => !Number.isNaN(value));
  const colours = colourScale(known, { scale });
  const isNarrow = form.isNarrow;
  const width = isNarrow ? NARROW_WIDTH : 760;
  const { title, bottom } = heading(
    { title: `${metric} over ${squeeze(x.name)} and ${squeeze(y.name)}` },
    width,
  );
  const top = bottom + (isNarrow ? 62 : 8);
  const side = isNarrow ? 280 : 400;
  const grid = { left: 72, top, width: width - 72 - (isNarrow ? 20 : 120), height: side };
  const bar = isNarrow
    ? { left: 72, top: bottom + 22, width: grid.width, height: 12 }
    : { left: width - 92, top: top + 26, width: 14, height: side - 40 };
  const barAxes = colourAxes(1, colours, isNarrow);
  const point = (row: number): XY => [x.values[row]!, y.values[row]!];
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
      xAxis: [{ ...axisOf(x, grid.width), ...across.option, splitLine: { show: false } }, barAxes.x],
      yAxis: [{ ...axisOf(y, side, 'y'), ...up.option, splitLine: { show: false } }, barAxes.y],
      graphic: [
        {
          type: 'text',
          x: isNarrow ? bar.left : width - 12,
          y: isNarrow ? bar.top - 17 : top + 4,
          silent: true,
          style: {
            text: squeeze(metric),
            fill: INK,
            fontFamily: FONT,
            fontSize: 12,
            fontWeight: 600,
            align: isNarrow ? 'left' : 'right',
          },
        },
      ],
      series: [
        bandSeries(surface, { across, up, colours }),
        dotsSeries({
          name: 'configurations',
          points: rows.map(point),
          look: POINT,
          radius: rows.length > 400 ? 1.1 : 1.7,
        }),
        ...(best === undefined ? [] : [starSeries([point(best)])]),
        colourBar(1, colours, isNarrow),
      ],
    },
  };
}

interface Ends {
  readonly unitOf: (value: number) => number;
  readonly valueAt: (unit: number) => number;
  /** Of the axis. */
  readonly option: object;
}

/** From the least to the greatest value that is drawn. */
function endsOf({ values, scale }: Axis, rows: readonly number[]): Ends {
  const shown = rows.map((row) => values[row]!);
  const low = shown.reduce((least, value) => Math.min(least, value));
  const high = shown.reduce((most, value) => Math.max(most, value));
  if (scale === 'log') {
    const [from, span] = [Math.log(low), Math.log(high / low) || 1];
    return {
      unitOf: (value) => (Math.log(value) - from) / span,
      valueAt: (unit) => Math.exp(from + unit * span),
      option: { min: low, max: low === high ? low * Math.E : high },
    };
  }
  const span = high - low || 1;
  return {
    unitOf: (value) => (value - low) / span,
    valueAt: (unit) => low + unit * span,
    option: { min: low, max: low + span },
  };
}

interface Placed {
  readonly across: Ends;
  readonly up: Ends;
  readonly colours: ColourScale;
}

/** A path of cells for each band of the colour scale, and lines between the bands. */
function bandSeries(surface: Float64Array, { across, up, colours }: Placed): object {
  const { min, max, scale } = colours;
  const shareOf = (value: number) =>
    scale === 'log' ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  const valueAt = (share: number) =>
    scale === 'log' ? min * (max / min) ** share : min + share * (max - min);
  const shares = surface.map((value) =>
    Number.isNaN(value) ? value : Math.min(1, Math.max(0, shareOf(value))),
  );
  const lines = findContours(
    { columns: SIZE, rows: SIZE, values: shares },
    Array.from({ length: BANDS - 1 }, (_, i) => (i + 1) / BANDS),
  );
  const corner = (unit: Ends, at: number) => unit.valueAt(at / SIZE);
  return {
    type: 'custom',
    silent: true,
    progressive: 0,
    data: Array.from({ length: BANDS + 1 }, (_, i) => [
      corner(i === 0 ? across : across, 0),
      corner(up, 0),
      i,
    ]),
    renderItem: (
      { dataIndex: band }: { dataIndex: number },
      api: { coord(point: readonly number[]): [number, number] },
    ) => {
      const at = (x: number, y: number) => api.coord([corner(across, x), corner(up, y)]);
      if (band === BANDS) {
        const pathData = lines
          .map(({ points }) => {
            const parts: string[] = [];
            for (let i = 0; i < points.length; i += 2) {
              const [x, y] = at(points[i]! + 0.5, points[i + 1]! + 0.5);
              parts.push(`${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`);
            }
            return parts.join('');
          })
          .join('');
        return {
          type: 'path',
          shape: { pathData },
          style: { fill: 'none', stroke: LINE, lineWidth: 0.8, opacity: 0.6 },
        };
      }
      const isIn = (cell: number) => Math.min(BANDS - 1, Math.floor(shares[cell]! * BANDS)) === band;
      const fill = colourOf(valueAt((band + 0.5) / BANDS), colours);
      return { type: 'path', shape: { pathData: cellsPath(isIn, at) }, style: { fill } };
    },
  };
}

/** Neighbours in a row as one rectangle, on whole pixels and half a pixel over, so that no seam shows. */
function cellsPath(isIn: (cell: number) => boolean, at: (x: number, y: number) => [number, number]): string {
  const parts: string[] = [];
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      if (!isIn(y * SIZE + x)) continue;
      const from = x;
      while (x + 1 < SIZE && isIn(y * SIZE + x + 1)) x++;
      const [left, bottom] = at(from, y).map(Math.round) as [number, number];
      const [right, top] = at(x + 1, y + 1).map(Math.round) as [number, number];
      parts.push(`M${left} ${top - 0.5}h${right - left + 0.5}v${bottom - top + 0.5}h${left - right - 0.5}z`);
    }
  }
  return parts.join('');
}
