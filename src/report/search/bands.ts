// A surface over two parameters as bands of colour, with lines between them.
import { findContours } from '../../explore/contours.js';
import { type ColourScale, colourOf, colourScale } from '../colour-scale.js';
import { smoothSurface } from './surface.js';
import type { Axis } from './trials.js';
import type { View } from './view.js';

/** Cells along a side, and bands of colour. */
const SIZE = 56;
const BANDS = 12;
const LINE = 'rgb(250,250,250)';

/** A stretch of an axis as [0, 1], on its scale. */
export interface Stretch {
  readonly low: number;
  readonly high: number;
  unitOf(value: number): number;
  valueAt(unit: number): number;
}

/** From the least to the greatest value of some rows. */
export function stretchOf({ values, scale }: Axis, rows: readonly number[]): Stretch {
  const shown = rows.map((row) => values[row]!);
  const low = shown.reduce((least, value) => Math.min(least, value));
  const most = shown.reduce((greatest, value) => Math.max(greatest, value));
  if (scale === 'log') {
    const high = most > low ? most : low * Math.E;
    const span = Math.log(high / low);
    return {
      low,
      high,
      unitOf: (value) => Math.log(value / low) / span,
      valueAt: (unit) => low * Math.exp(unit * span),
    };
  }
  const high = most > low ? most : low + 1;
  return {
    low,
    high,
    unitOf: (value) => (value - low) / (high - low),
    valueAt: (unit) => low + unit * (high - low),
  };
}

export interface Bands {
  readonly across: Stretch;
  readonly up: Stretch;
  readonly colours: ColourScale;
  /** By cell, from 0 to 1 on the colour scale; NaN: no configuration is near. */
  readonly shares: Float64Array;
  /** Between the bands, in cells. */
  readonly lines: readonly Float64Array[];
}

interface Points {
  readonly x: Axis;
  readonly y: Axis;
  readonly rows: readonly number[];
  /** By row, as it is drawn. */
  readonly valueAt: (row: number) => number;
}

export function findBands({ x, y, rows, valueAt }: Points, { scale }: Pick<View, 'scale'>): Bands {
  const [across, up] = [stretchOf(x, rows), stretchOf(y, rows)];
  const isLog = scale === 'log';
  const surface = smoothSurface(
    {
      xs: rows.map((row) => across.unitOf(x.values[row]!)),
      ys: rows.map((row) => up.unitOf(y.values[row]!)),
      values: rows.map((row) => (isLog ? Math.log(valueAt(row)) : valueAt(row))),
    },
    SIZE,
  ).map((value) => (isLog ? Math.exp(value) : value));
  const colours = colourScale(
    [...surface].filter((value) => !Number.isNaN(value)),
    { scale },
  );
  const { min, max } = colours;
  const shareOf = (value: number) =>
    colours.scale === 'log' ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  const shares = surface.map((value) =>
    Number.isNaN(value) ? value : Math.min(1, Math.max(0, shareOf(value))),
  );
  const levels = Array.from({ length: BANDS - 1 }, (_, i) => (i + 1) / BANDS);
  const contours = findContours({ columns: SIZE, rows: SIZE, values: shares }, levels);
  return { across, up, colours, shares, lines: contours.map(({ points }) => points) };
}

type At = (x: number, y: number) => readonly [number, number];

/** A path of cells for each band, and one of all lines. */
export function bandSeries({ across, up, colours, shares, lines }: Bands): object {
  const { min, max, scale } = colours;
  const middle = (band: number) => {
    const share = (band + 0.5) / BANDS;
    return scale === 'log' ? min * (max / min) ** share : min + share * (max - min);
  };
  return {
    type: 'custom',
    silent: true,
    progressive: 0,
    data: Array.from({ length: BANDS + 1 }, () => [across.low, up.low]),
    renderItem: (
      { dataIndex: band }: { dataIndex: number },
      api: { coord(point: readonly number[]): readonly [number, number] },
    ) => {
      const at: At = (x, y) => api.coord([across.valueAt(x / SIZE), up.valueAt(y / SIZE)]);
      if (band === BANDS) {
        const style = { fill: 'none', stroke: LINE, lineWidth: 0.8, opacity: 0.6 };
        return { type: 'path', shape: { pathData: linesPath(lines, at) }, style };
      }
      const isIn = (cell: number) => Math.min(BANDS - 1, Math.floor(shares[cell]! * BANDS)) === band;
      return {
        type: 'path',
        shape: { pathData: cellsPath(isIn, at) },
        style: { fill: colourOf(middle(band), colours) },
      };
    },
  };
}

/** Points of lines are the middles of cells. */
function linesPath(lines: readonly Float64Array[], at: At): string {
  const parts: string[] = [];
  for (const points of lines) {
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = at(points[i]! + 0.5, points[i + 1]! + 0.5);
      parts.push(`${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`);
    }
  }
  return parts.join('');
}

/** Neighbours in a row as one rectangle, on whole pixels and half a pixel over, so that no seam shows. */
function cellsPath(isIn: (cell: number) => boolean, at: At): string {
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
