// The marks of search figures: many points as one path each kind, since a run has thousands of them, and what tells the
// kinds apart beside their colour.
import { CATEGORY_COLOURS, INK, MUTED } from '../theme.js';
import type { State } from './trials.js';

type Shape = 'dot' | 'ring' | 'cross' | 'triangle';

export interface MarkLook {
  readonly shape: Shape;
  readonly colour: string;
  readonly opacity: number;
}

/** What became of a configuration, apart in shape as well as in colour. */
export const LOOKS: Readonly<Record<State, MarkLook>> = {
  ok: { shape: 'dot', colour: CATEGORY_COLOURS[0], opacity: 0.6 },
  infeasible: { shape: 'ring', colour: CATEGORY_COLOURS[4], opacity: 0.9 },
  pruned: { shape: 'triangle', colour: CATEGORY_COLOURS[1], opacity: 0.8 },
  failed: { shape: 'cross', colour: MUTED, opacity: 0.9 },
};

export const NAMES: Readonly<Record<State, string>> = {
  ok: 'ok',
  infeasible: 'infeasible',
  pruned: 'pruned',
  failed: 'failed',
};

/** A path about the origin, and how it is drawn. */
const SHAPES: Readonly<Record<Shape, (r: number) => string>> = {
  // A line of no length with round ends is a dot.
  dot: () => 'l0.01 0',
  ring: (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
  cross: (r) => `m${-r} ${-r}l${2 * r} ${2 * r}m${-2 * r} 0l${2 * r} ${-2 * r}`,
  triangle: (r) => `m${-r} ${-r}l${2 * r} 0l${-r} ${2 * r}z`,
};

export type XY = readonly [x: number, y: number];

export interface Dots {
  readonly name: string;
  readonly points: readonly XY[];
  readonly look: MarkLook;
  /** CSS pixels. */
  readonly radius: number;
  readonly axes?: number;
}

/** All points of a kind as one path of a custom series. */
export function dotsSeries({ name, points, look, radius, axes = 0 }: Dots): object {
  const { shape, colour, opacity } = look;
  const mark = SHAPES[shape](radius);
  const isDot = shape === 'dot';
  const style = {
    fill: shape === 'triangle' ? colour : 'none',
    ...(shape === 'triangle' ? {} : { stroke: colour, lineWidth: isDot ? 2 * radius : 1.4 }),
    ...(isDot ? { lineCap: 'round' } : {}),
    opacity,
  };
  return {
    type: 'custom',
    name,
    color: colour,
    xAxisIndex: axes,
    yAxisIndex: axes,
    silent: true,
    progressive: 0,
    // All go in as data, for the axes to span them; the first one draws the whole path.
    data: points,
    renderItem: (
      { dataIndex }: { dataIndex: number },
      api: { coord(point: readonly number[]): readonly number[] },
    ) => {
      if (dataIndex > 0) return null;
      const pathData = points
        .map((point) => {
          const [x, y] = api.coord(point);
          return `M${x!.toFixed(1)} ${y!.toFixed(1)}${mark}`;
        })
        .join('');
      return { type: 'path', shape: { pathData }, style };
    },
  };
}

export interface Lines {
  readonly name: string;
  readonly lines: readonly (readonly XY[])[];
  readonly colour: string;
  readonly style?: {
    readonly lineWidth?: number;
    readonly opacity?: number;
    readonly lineDash?: readonly number[];
  };
  readonly axes?: number;
  readonly z?: number;
}

/** All lines of a kind as one path of a custom series. */
export function linesSeries({ name, lines, colour, style = {}, axes = 0, z = 2 }: Lines): object {
  return {
    type: 'custom',
    name,
    color: colour,
    xAxisIndex: axes,
    yAxisIndex: axes,
    silent: true,
    clip: true,
    progressive: 0,
    z,
    data: lines.flat(),
    renderItem: (
      { dataIndex }: { dataIndex: number },
      api: { coord(point: readonly number[]): readonly number[] },
    ) => {
      if (dataIndex > 0) return null;
      const place = (point: XY, i: number) => {
        const [x, y] = api.coord(point);
        return `${i === 0 ? 'M' : 'L'}${x!.toFixed(1)} ${y!.toFixed(1)}`;
      };
      const pathData = lines.map((line) => line.map(place).join('')).join('');
      return {
        type: 'path',
        shape: { pathData },
        style: { fill: 'none', stroke: colour, lineWidth: 1.1, opacity: 0.55, ...style },
      };
    },
  };
}

/** Of the legend, as wide as high. */
function legendIcon({ shape }: Pick<MarkLook, 'shape'>): string {
  if (shape === 'dot') return 'circle';
  if (shape === 'ring') return 'emptyCircle';
  return shape === 'triangle'
    ? 'path://M0 0L10 0L5 10Z'
    : 'path://M0 2L2 0L5 3L8 0L10 2L7 5L10 8L8 10L5 7L2 10L0 8L3 5Z';
}

/** Each name that has a look with its own symbol in the legend. */
export function withLooks(
  option: Readonly<Record<string, unknown>>,
  looks: ReadonlyMap<string, MarkLook>,
): Readonly<Record<string, unknown>> {
  const { legend } = option as { readonly legend?: { readonly data: readonly string[] } };
  if (legend === undefined) return option;
  const data = legend.data.map((name) => {
    const look = looks.get(name);
    return look === undefined ? { name } : { name, icon: legendIcon(look) };
  });
  return { ...option, legend: { ...legend, data } };
}

/** A star over all else: the best. */
export function starSeries(points: readonly XY[], axes = 0): object {
  return {
    type: 'scatter',
    silent: true,
    xAxisIndex: axes,
    yAxisIndex: axes,
    data: points,
    z: 5,
    symbol: 'path://M5 0L6.5 3.5L10 3.8L7.4 6.2L8.1 10L5 8L1.9 10L2.6 6.2L0 3.8L3.5 3.5Z',
    symbolSize: 15,
    itemStyle: { color: CATEGORY_COLOURS[4], borderColor: INK, borderWidth: 1 },
  };
}

/** At most so many of the numbers below `count`, evenly spread, and all that `keeps` says. */
export function thin(count: number, most: number, keeps: (i: number) => boolean = () => false): number[] {
  const step = Math.max(1, count / most);
  let next = 0;
  return Array.from({ length: count }, (_, i) => i).filter((i) => {
    const isDue = i >= next;
    if (isDue) next += step;
    return isDue || keeps(i);
  });
}
