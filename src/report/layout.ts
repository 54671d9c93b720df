// Where a chart's title, legend and drawing area stand, in either form: the legend at the right of a wide chart and under
// a narrow one, never over the data, and never cut: a long one makes its chart taller. Widths of texts are estimates, on
// the safe side: nothing measures letters here.
import { type Form, NARROW_WIDTH } from './form.js';
import type { ChartLook } from './look.js';
import { FONT, INK } from './theme.js';

export interface Legend {
  readonly names: readonly string[];
  /** Stands above the names. */
  readonly title: string;
  /** Of a symbol: lines need a wide one. */
  readonly symbolWidth?: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** `title`, `legend`, `graphic` and `grid` of an ECharts option. */
  readonly option: Readonly<Record<string, unknown>>;
}

/** CSS pixels that a letter of 12 pixels takes, on average of wide ones. */
const LETTER = 7;
const LINE = 24;
/** Longer names lose their middle: names that begin alike differ at their ends. */
const LONGEST_NAME = 34;
const NARROW_PLOT = 280;
/** Between two names of a legend: letters may be wider where the page is read than where it was made. */
const GAP = 16;

export function layOutChart(look: ChartLook, { isNarrow }: Form, legend: Legend): Layout {
  const { width = 760, height = 440 } = isNarrow ? { width: NARROW_WIDTH } : look;
  const { title, bottom: top } = heading(look, width);
  const names = legend.names.map(squeeze);
  if (isNarrow) {
    const plotEnd = top + NARROW_PLOT;
    const { option, rows } = legendBelow(names, legend, plotEnd + 52);
    const whole = plotEnd + 52 + rows * LINE + (rows > 0 ? 12 : 0);
    const grid = { left: 62, right: 18, top: top + 8, bottom: whole - plotEnd };
    return { width, height: whole, option: { ...title, ...option, grid } };
  }
  const room = roomAtRight(names, legend.title);
  const whole = Math.max(height, names.length < 2 ? 0 : top + 50 + names.length * LINE);
  const grid = { left: 76, right: room, top: top + 8, bottom: 56 + whole - height };
  const option = legendAtRight(names, legend, { left: width - room + 14, top: top + 12 });
  return { width, height: whole, option: { ...title, ...option, grid } };
}

/** Title and subtitle at the top left, broken into lines, and where they end. */
export function heading(look: ChartLook, width: number): { readonly title: object; readonly bottom: number } {
  if (look.title === undefined) return { title: {}, bottom: 16 };
  const text = wrap(look.title, (width - 24) / 8.4);
  const subtext = look.subtitle === undefined ? [] : wrap(look.subtitle, (width - 24) / 6.4);
  const bottom = 26 + 18 * text.length + (subtext.length === 0 ? 0 : 5 + 15 * subtext.length);
  const title = {
    text: text.join('\n'),
    ...(subtext.length === 0 ? {} : { subtext: subtext.join('\n') }),
    left: 12,
    top: 8,
    textStyle: { lineHeight: 18 },
    subtextStyle: { lineHeight: 15 },
  };
  return { title: { title }, bottom };
}

/** Lines of at most `most` letters, broken at spaces where there are some. */
export function wrap(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).flatMap((whole) => cutWord(whole, Math.floor(most)))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}

function cutWord(word: string, most: number): readonly string[] {
  if (word.length <= most) return [word];
  return Array.from({ length: Math.ceil(word.length / most) }, (_, i) =>
    word.slice(i * most, (i + 1) * most),
  );
}

export function squeeze(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  const half = Math.floor((LONGEST_NAME - 1) / 2);
  return `${name.slice(0, half)}…${name.slice(name.length - half)}`;
}

/** The legend's symbol and margins, and its longest name. */
function roomAtRight(names: readonly string[], title: string): number {
  if (names.length < 2) return 28;
  return Math.max(148, 70 + LETTER * Math.max(...names.map((name) => name.length), title.length - 6));
}

interface Place {
  readonly left: number;
  readonly top: number;
}

function legendAtRight(names: readonly string[], legend: Legend, { left, top }: Place): object {
  if (names.length < 2) return {};
  return {
    legend: { ...legendOf(legend), orient: 'vertical', itemGap: 10, left: left - 5, top: top + 18 },
    ...titleMark(legend.title, { left, top }),
  };
}

function legendBelow(names: readonly string[], legend: Legend, top: number) {
  if (names.length < 2) return { option: {}, rows: 0 };
  const { symbolWidth = 34 } = legend;
  const space = NARROW_WIDTH - 24;
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const wide = symbolWidth + 5 + GAP + LETTER * name.length;
    if (used > 0 && used + wide > space) {
      rows++;
      used = 0;
    }
    used += wide;
  }
  const titled = legend.title === '' ? 0 : 1;
  const option = {
    legend: { ...legendOf(legend), left: 8, top: top + titled * 20, width: space },
    ...titleMark(legend.title, { left: 14, top }),
  };
  return { option, rows: rows + titled };
}

function legendOf({ names, symbolWidth = 34 }: Legend): object {
  return { itemWidth: symbolWidth, itemHeight: 10, itemGap: GAP, data: [...names], formatter: squeeze };
}

function titleMark(title: string, { left, top }: Place): object {
  if (title === '') return {};
  const style = { text: squeeze(title), fill: INK, fontFamily: FONT, fontSize: 12, fontWeight: 600 };
  return { graphic: [{ type: 'text', x: left, y: top, silent: true, style }] };
}
