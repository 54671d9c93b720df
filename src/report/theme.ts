// How figures look: colours, dashes and symbols that stay apart for colour-blind readers and in grey, and numbers as
// people read them. Pure values; ECharts is not loaded here.
import { VIRIDIS } from '../explore/palette.js';

/** Colours that the page swaps for its own in dark mode: figures use these four for all that is not data. */
export const INK = '#1f2328';
export const MUTED = '#59636e';
export const RULE = '#d8dee4';
export const PAPER = '#ffffff';

/** Without quoted names: ECharts writes them into a style attribute as they are. */
export const FONT = 'Helvetica, Arial, sans-serif';

/**
 * Categorical colours: those of Okabe and Ito (2008), without black (it would vanish in dark mode) and with the yellow
 * darkened to be seen on white; neighbours differ in lightness, so that they differ in grey too.
 */
export const CATEGORY_COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#56b4e9',
  '#7b4fa3',
  '#b8a800',
  '#8c8c8c',
] as const;

/** The same on a dark page, where the darker ones would not be read: in their order. */
export const DARK_CATEGORY_COLOURS = [
  '#4ba3e3',
  '#e69f00',
  '#2fc79a',
  '#dd9cc0',
  '#f0853a',
  '#7cc7f2',
  '#b691dc',
  '#cfc02c',
  '#a3a3a3',
] as const;

/** Colour alone never tells two series apart: each also has its own dash and symbol. */
export interface SeriesStyle {
  readonly colour: string;
  readonly dash: 'solid' | 'dashed' | 'dotted';
  readonly symbol: string;
}

const DASHES = ['solid', 'dashed', 'dotted'] as const;
const SYMBOLS = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  'emptyCircle',
  'emptyRect',
  'emptyTriangle',
  'emptyDiamond',
];

export function seriesStyle(index: number): SeriesStyle {
  // A colour that comes a second time comes with another dash.
  const round = Math.floor(index / CATEGORY_COLOURS.length);
  return {
    colour: CATEGORY_COLOURS[index % CATEGORY_COLOURS.length]!,
    dash: DASHES[(index + round) % DASHES.length]!,
    symbol: SYMBOLS[index % SYMBOLS.length]!,
  };
}

/** For numbers; Explore's own, so that a page has one scale. */
export const SEQUENTIAL_COLOURS = VIRIDIS;

/** Whether text on this colour is black. */
export function isLight(colour: string): boolean {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ];
  return 0.299 * r + 0.587 * g + 0.114 * b > 140;
}

/** At most `digits` significant digits, without trailing zeros: 0.410184, 1e-8, 12500. The CSVs keep all digits. */
export function formatNumber(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value === 0 ? 0 : value);
  return String(Number(value.toPrecision(digits))).replace('e+', 'e');
}

/** For axis labels: three digits. */
export function formatTick(value: number | string | boolean): string {
  return typeof value === 'number' ? formatNumber(value, 3) : String(value);
}

/** Labels of ticks that stand together: three digits, or as many as tell them apart. */
export function formatTicks(values: readonly (number | string | boolean)[]): readonly string[] {
  const distinct = new Set(values).size;
  for (let digits = 3; ; digits++) {
    const labels = values.map((value) =>
      typeof value === 'number' ? formatNumber(value, digits) : String(value),
    );
    if (digits >= 17 || new Set(labels).size === distinct) return labels;
  }
}
