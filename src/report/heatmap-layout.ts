// Where the panels of a heat map stand, and which cells are in which.
import type { Cell, Row } from './define.js';
import { NARROW_WIDTH } from './form.js';

import { formatTick } from './theme.js';

/** Columns of the rows: what a cell stands at, its value, and what makes rows and columns of panels. */
export interface PanelSpec {
  readonly x: string;
  readonly y: string;
  readonly value: string;
  readonly panelRows?: string;
  readonly panelColumns?: string;
}

export interface Panel {
  readonly left: number;
  readonly top: number;
  readonly title: string;
  /** Whether it has the labels of its x axis (nothing stands below it) and of its y axis (nothing stands left of it). */
  readonly last: boolean;
  readonly first: boolean;
  readonly cells: readonly (readonly [x: number, y: number, value: number])[];
}

/** In CSS pixels. */
export interface Frame {
  readonly panels: readonly Panel[];
  readonly panelWidth: number;
  readonly panelHeight: number;
  readonly height: number;
  /** The bar of the colour scale: at the right, upright; above the panels of a narrow chart, lying. */
  readonly scale: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  /** Of all panels together. */
  readonly middle: { readonly left: number; readonly top: number };
}

const SCALE = 96;
const GAP = 26;
const BOTTOM = 58;
const PANEL_TITLE = 22;
/** Columns of panels are broken into lines where each would be narrower than this. */
const NARROW = 200;
/** What the lying bar takes, with its name and its numbers. */
const LYING = 62;

interface Place {
  readonly xs: readonly Cell[];
  readonly ys: readonly Cell[];
  readonly width: number;
  /** Where the labels of the y axis end, and the heading. */
  readonly left: number;
  readonly top: number;
}

export function layOut(rows: readonly Row[], spec: PanelSpec, { xs, ys, width, left, top }: Place): Frame {
  const isNarrow = width === NARROW_WIDTH;
  const down = spec.panelRows === undefined ? [null] : levelsOf(rows, spec.panelRows);
  const across = spec.panelColumns === undefined ? [null] : levelsOf(rows, spec.panelColumns);
  const space = width - left - (isNarrow ? 22 : SCALE);
  const most = Math.max(1, Math.floor((space + GAP) / (NARROW + GAP)));
  const isGrid = spec.panelRows !== undefined && !isNarrow;
  const cellsOf = sortCells(rows, spec, { xs, ys });
  // What has no rows has no panel.
  const drawn = down.flatMap((row, r) =>
    across.flatMap((column, c) => {
      const cells = cellsOf.get(keyOf(row, column)) ?? [];
      return cells.length === 0 ? [] : [{ row, column, r, c, cells }];
    }),
  );
  const columns = isGrid ? across.length : fullestColumns(drawn.length, most);
  const panelWidth = (space - GAP * (columns - 1)) / columns;
  const panelHeight = Math.min(320, Math.max(64, ys.length * 22));
  const start = top + (isNarrow ? LYING : 0) + PANEL_TITLE;
  const stride = panelHeight + PANEL_TITLE + 8;
  const places = drawn.map((place, i) =>
    isGrid ? place : { ...place, c: i % columns, r: Math.floor(i / columns) },
  );
  const lines = 1 + places.reduce((lowest, { r }) => Math.max(lowest, r), 0);
  const panels = places.map(({ row, column, r, c, cells }) => ({
    left: left + c * (panelWidth + GAP),
    top: start + r * stride,
    title: [panelTitle(spec.panelRows, row), panelTitle(spec.panelColumns, column)]
      .filter(Boolean)
      .join('   '),
    last: !places.some((other) => other.c === c && other.r > r),
    first: !places.some((other) => other.r === r && other.c < c),
    cells,
  }));
  // Labels of an x axis stand between two lines where the last line is not full.
  const height = start - PANEL_TITLE + stride * lines + BOTTOM;
  const scale = isNarrow
    ? { left, top: top + 26, width: space, height: 12 }
    : {
        left: width - SCALE + 24,
        top: start,
        width: 14,
        height: Math.max(120, stride * lines - PANEL_TITLE - 8),
      };
  const middle = { left: left + space / 2, top: start + (stride * lines - PANEL_TITLE - 8) / 2 };
  return { panels, panelWidth, panelHeight, height, scale, middle };
}

/** Of as many columns as fit, the number that leaves the fewest places empty. */
export function fullestColumns(count: number, most: number): number {
  if (count <= most) return Math.max(1, count);
  let best = most;
  for (let columns = most; columns > most / 2; columns--) {
    const empty = Math.ceil(count / columns) * columns - count;
    if (empty < Math.ceil(count / best) * best - count) best = columns;
  }
  return best;
}

function sortCells(rows: readonly Row[], spec: PanelSpec, { xs, ys }: Pick<Place, 'xs' | 'ys'>) {
  const xIndex = new Map(xs.map((level, i) => [level, i]));
  const yIndex = new Map(ys.map((level, i) => [level, i]));
  const panels = new Map<string, (readonly [number, number, number])[]>();
  for (const row of rows) {
    const i = xIndex.get(row[spec.x] ?? null);
    const j = yIndex.get(row[spec.y] ?? null);
    const value = row[spec.value];
    if (i === undefined || j === undefined || typeof value !== 'number') continue;
    const key = keyOf(levelOf(row, spec.panelRows), levelOf(row, spec.panelColumns));
    const cells = panels.get(key);
    if (cells === undefined) panels.set(key, [[i, j, value]]);
    else cells.push([i, j, value]);
  }
  return panels;
}

function levelOf(row: Row, column: string | undefined): Cell {
  return column === undefined ? null : (row[column] ?? null);
}

function keyOf(row: Cell, column: Cell): string {
  return JSON.stringify([row, column]);
}

/** The values of a column: numbers in their order, anything else in the order of first mention. */
export function levelsOf(rows: readonly Row[], column: string): readonly Cell[] {
  const found = [...new Set(rows.map((row) => row[column] ?? null))];
  return found.every((cell) => typeof cell === 'number')
    ? found.sort((a, b) => Number(a) - Number(b))
    : found;
}

function panelTitle(column: string | undefined, level: Cell): string {
  if (column === undefined || level === null) return '';
  return typeof level === 'string' ? level : `${column} = ${formatTick(level)}`;
}
