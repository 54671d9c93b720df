// Colours for numbers: a sequential scale, linear or by ratios, and the bar beside the picture that explains it.
import { logAxis } from './log-axis.js';
import type { ScaleType } from './look.js';
import { formatNumber, MUTED, SEQUENTIAL_COLOURS } from './theme.js';

export interface ColourScale {
  readonly scale: ScaleType;
  readonly min: number;
  readonly max: number;
}

/** Positive values over more decades than this are told apart by their ratios. */
const DECADES = 2;

export function colourScale(
  values: readonly number[],
  wanted: {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
    readonly scale?: ScaleType | undefined;
  },
): ColourScale {
  const scaled = wanted.scale === 'log' ? values.filter((value) => value > 0) : values;
  const least = scaled.reduce((low, v) => Math.min(low, v), Number.POSITIVE_INFINITY);
  const most = scaled.reduce((high, v) => Math.max(high, v), Number.NEGATIVE_INFINITY);
  const min = wanted.min ?? (Number.isFinite(least) ? least : 0);
  const max = wanted.max ?? (Number.isFinite(most) ? most : min);
  const scale = wanted.scale ?? (min > 0 && max / min > 10 ** DECADES ? 'log' : 'linear');
  if (scale === 'log' && min > 0) return { scale, min, max: max > min ? max : min * 10 };
  return { scale: 'linear', min, max: max > min ? max : min + 1 };
}

/** As `rgb()`: the page swaps some six-digit colours in the dark. */
export function colourOf(value: number, { scale, min, max }: ColourScale): string {
  const share = scale === 'log' ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  const at = Math.min(1, Math.max(0, share)) * (SEQUENTIAL_COLOURS.length - 1);
  const i = Math.min(SEQUENTIAL_COLOURS.length - 2, Math.floor(at));
  const [from, to] = [channels(SEQUENTIAL_COLOURS[i]!), channels(SEQUENTIAL_COLOURS[i + 1]!)];
  return `rgb(${from.map((channel, c) => Math.round(channel + (at - i) * (to[c]! - channel))).join(',')})`;
}

function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** The axes of the bar, which stands or, in a narrow chart, lies: one with its numbers, one that is not seen. */
export function colourAxes(gridIndex: number, { scale, min, max }: ColourScale, isLying: boolean) {
  // Three digits of what differs between the ends.
  const digits = Math.min(15, 3 + Math.max(0, Math.round(Math.log10(Math.max(-min, max) / (max - min)))));
  const formatter = (value: number) => formatNumber(value, digits);
  const log = scale === 'log' ? logAxis([], { min, max }) : {};
  const { axisLabel = {} } = log as { readonly axisLabel?: object };
  const shown = {
    type: scale === 'log' ? 'log' : 'value',
    gridIndex,
    ...(isLying ? { splitNumber: 4 } : { position: 'right' }),
    splitLine: { show: false },
    axisLine: { show: false },
    ...log,
    min,
    max,
    axisTick: { lineStyle: { color: MUTED }, ...(log as { readonly axisTick?: object }).axisTick },
    axisLabel: { hideOverlap: true, ...axisLabel, formatter },
  };
  const hidden = { type: 'value', gridIndex, show: false, min: 0, max: 1 };
  return isLying ? { x: shown, y: hidden } : { x: hidden, y: shown };
}

/** The bar itself: one with a gradient, beside an ordinary axis (a visualMap has no ticks). */
export function colourBar(axisIndex: number, { min, max }: ColourScale, isLying: boolean): object {
  const colorStops = SEQUENTIAL_COLOURS.map((color, i) => ({
    offset: i / (SEQUENTIAL_COLOURS.length - 1),
    color,
  }));
  const [from, to] = isLying
    ? ([
        [min, 0],
        [max, 1],
      ] as const)
    : ([
        [0, min],
        [1, max],
      ] as const);
  const ends = isLying ? { x: 0, y: 0, x2: 1, y2: 0 } : { x: 0, y: 1, x2: 0, y2: 0 };
  return {
    type: 'custom',
    xAxisIndex: axisIndex,
    yAxisIndex: axisIndex,
    silent: true,
    data: [from],
    renderItem: (_: unknown, api: { coord(point: readonly number[]): number[] }) => {
      const [left, bottom] = api.coord(from) as [number, number];
      const [right, upper] = api.coord(to) as [number, number];
      return {
        type: 'rect',
        shape: { x: left, y: upper, width: right - left, height: bottom - upper },
        style: { fill: { type: 'linear', ...ends, colorStops } },
      };
    },
  };
}
