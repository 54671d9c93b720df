// Pictures in panels, as SVG text: points labelled by their class, confusion matrices, rows of images. For what a chart
// library draws badly: every mark here is a figure that can be read without its colour.
import { NARROW_WIDTH } from './form.js';
import { fullestColumns } from './heatmap-layout.js';
import { wrap } from './layout.js';
import { escapeMarkup } from './markup.js';
import { CATEGORY_COLOURS, FONT, INK, isLight, MUTED, PAPER, RULE, SEQUENTIAL_COLOURS } from './theme.js';

interface Look {
  /** Makes the picture's ids its own: several stand in one page. */
  readonly name: string;
  readonly title: string;
  readonly subtitle?: string;
  /** Read out to the blind. */
  readonly about: string;
  /** For a phone: 360 pixels wide, panels one below the other, names of images above them. */
  readonly isNarrow?: boolean;
}

export interface PointPanel {
  readonly title: string;
  /** x and y of each point in turn, in any unit. */
  readonly plane: Float64Array;
  /** Class of each point, from 0. */
  readonly labels: ArrayLike<number>;
}

const GAP = 16;
const SIDE = 300;

/**
 * Points drawn as the number of their class, each class in its colour: a reader of the grey print has the numbers. A
 * panel where all points coincide says so.
 */
export function renderPointMaps(
  panels: readonly PointPanel[],
  look: Look & { readonly perRow?: number },
): string {
  const side = SIDE;
  const drawn = panels.map(({ title, plane, labels }) => {
    const xs = spanOf(plane, 0);
    const ys = spanOf(plane, 1);
    const scale = Math.max(xs.width, ys.width);
    if (!(scale > 0))
      return (
        panelFrame(title, side) + textAt(side / 2, side / 2, 'all points coincide', { fill: MUTED, size: 13 })
      );
    const place = (value: number, centre: number) => side / 2 + ((value - centre) / scale) * (side - 24);
    const classes = [...new Set(Array.from(labels))].sort((a, b) => a - b);
    const groups = classes.map((c) => {
      const marks: string[] = [];
      for (let i = 0; i < labels.length; i++) {
        if (labels[i] !== c) continue;
        const x = place(plane[2 * i]!, xs.centre).toFixed(1);
        const y = (side - place(plane[2 * i + 1]!, ys.centre)).toFixed(1);
        marks.push(`<text x="${x}" y="${y}">${c}</text>`);
      }
      return `<g fill="${classColour(c)}">${marks.join('')}</g>`;
    });
    return `${panelFrame(title, side)}<g font-size="9" text-anchor="middle" dominant-baseline="central">${groups.join('')}</g>`;
  });
  return arrange(drawn, { ...look, perRow: look.perRow ?? 3 });
}

export interface ConfusionPanel {
  readonly title: string;
  /** Items by class (rows) and by what they were taken for (columns). */
  readonly counts: readonly (readonly number[])[];
}

/** Confusion matrices: the share of its row as shade and, from half a percent on, as percent in the cell. */
export function renderConfusions(
  panels: readonly ConfusionPanel[],
  look: Look & { readonly perRow?: number },
): string {
  const side = SIDE;
  const left = 22;
  const drawn = panels.map(({ title, counts }) => {
    const cell = (side - left) / Math.max(1, counts.length);
    const cells = counts.flatMap((row, r) => {
      const total = row.reduce((sum, n) => sum + n, 0);
      return row.map((n, c) => {
        const share = total > 0 ? n / total : 0;
        const x = left + c * cell;
        const y = r * cell;
        const shade = `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${cell.toFixed(1)}" height="${cell.toFixed(1)}" fill="${sequential(share)}"/>`;
        if (share < 0.005) return shade;
        const ink = isLight(sequential(share)) ? '#000000' : '#f6f8fa';
        return shade + textAt(x + cell / 2, y + cell / 2, (100 * share).toFixed(0), { fill: ink, size: 10 });
      });
    });
    const names = counts.map(
      (_, i) =>
        textAt(left - 9, (i + 0.5) * cell, String(i), { fill: INK, size: 11 }) +
        textAt(left + (i + 0.5) * cell, side - left + 9, String(i), { fill: INK, size: 11 }),
    );
    return `${panelTitle(title)}${cells.join('')}${names.join('')}`;
  });
  return arrange(drawn, { ...look, perRow: look.perRow ?? 3 });
}

export interface ImageRow {
  readonly label: string;
  /** Stands under the label, quieter. */
  readonly note?: string;
  readonly png: Uint8Array;
  /** Which part of the picture's height is shown: [0, 0.5] is its upper half. */
  readonly part?: readonly [from: number, to: number];
}

/** Pictures one below the other, each with its label at the left; all drawn `wide` pixels wide (default 620). */
export function renderImageRows(rows: readonly ImageRow[], look: Look & { readonly wide?: number }): string {
  const { isNarrow = false } = look;
  const wide = isNarrow ? NARROW_WIDTH - 2 * GAP : (look.wide ?? 620);
  // Notes take about 6 pixels a character.
  const left = isNarrow ? GAP : Math.max(190, 32 + 6 * Math.max(...rows.map(({ note = '' }) => note.length)));
  const whole = left + wide + GAP;
  let y = topOf(look, whole);
  const drawn = rows.map((row) => {
    const { label, note } = row;
    // Above its image, or beside it.
    if (isNarrow) y += note === undefined ? 20 : 36;
    const { image, tall } = imageAt(row, { x: left, y, wide });
    const middle = isNarrow ? y - (note === undefined ? 10 : 18) : y + tall / 2;
    const words =
      startText(GAP, note === undefined ? middle : middle - 9, label, {
        fill: INK,
        size: isNarrow ? 13 : 14,
      }) +
      (note === undefined
        ? ''
        : startText(GAP, middle + (isNarrow ? 8 : 10), note, { fill: MUTED, size: 12 }));
    y += tall + 8;
    return words + image;
  });
  return page(whole, Math.ceil(y + 8), look, drawn.join('\n'));
}

/** The part of a picture that is shown, and its height. */
function imageAt(
  { png, part = [0, 1] }: ImageRow,
  { x, y, wide }: { readonly x: number; readonly y: number; readonly wide: number },
): { readonly image: string; readonly tall: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  // Width and height stand at fixed places of a PNG's first chunk.
  const width = view.getUint32(16);
  const whole = view.getUint32(20);
  const height = (part[1] - part[0]) * whole;
  const tall = (wide * height) / width;
  const box = `0 ${(part[0] * whole).toFixed(2)} ${width} ${height.toFixed(2)}`;
  const data = Buffer.from(png).toString('base64');
  const image = `<svg x="${x}" y="${y.toFixed(1)}" width="${wide}" height="${tall.toFixed(1)}" viewBox="${box}"><image width="${width}" height="${whole}" style="image-rendering:pixelated" href="data:image/png;base64,${data}"/></svg>`;
  return { image, tall };
}

function arrange(panels: readonly string[], { perRow, ...look }: Look & { readonly perRow: number }): string {
  const columns = look.isNarrow === true ? 1 : fullestColumns(panels.length, perRow);
  const width = look.isNarrow === true ? NARROW_WIDTH : Math.max(480, GAP + columns * (SIDE + GAP));
  // A narrow panel is in the middle.
  const left = look.isNarrow === true ? (NARROW_WIDTH - SIDE) / 2 : GAP;
  const top = topOf(look, width);
  const stride = SIDE + GAP + 28;
  const placed = panels.map((panel, i) => {
    const x = left + (i % columns) * (SIDE + GAP);
    const y = top + 24 + Math.floor(i / columns) * stride;
    return `<g transform="translate(${x} ${y})">${panel}</g>`;
  });
  return page(width, top + Math.ceil(panels.length / columns) * stride, look, placed.join('\n'));
}

/** Title and subtitle in lines, for a picture so wide. */
function headOf({ title, subtitle }: Look, width: number) {
  return {
    titles: wrap(title, (width - 28) / 8.4),
    subtitles: subtitle === undefined ? [] : wrap(subtitle, (width - 28) / 6.4),
  };
}

/** Where the body begins. */
function topOf(look: Look, width: number): number {
  const { titles, subtitles } = headOf(look, width);
  return 46 + 18 * (titles.length - 1) + Math.max(18, 18 * subtitles.length);
}

function page(width: number, height: number, look: Look, body: string): string {
  const { titles, subtitles } = headOf(look, width);
  const under = 26 + 18 * titles.length;
  const name = look.isNarrow === true ? `${look.name}-narrow` : look.name;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" id="${escapeMarkup(name)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(look.about)}" font-family="${FONT}">`,
    `<rect width="${width}" height="${height}" fill="${PAPER}"/>`,
    ...titles.map(
      (line, i) =>
        `<text x="14" y="${26 + 18 * i}" font-size="15" font-weight="600" fill="${INK}">${escapeMarkup(line)}</text>`,
    ),
    ...subtitles.map((line, i) => startText(14, under + 18 * i, line, { fill: MUTED, size: 12 })),
    body,
    '</svg>\n',
  ].join('\n');
}

function panelTitle(title: string): string {
  return `<text x="0" y="-8" font-size="13" font-weight="600" fill="${INK}">${escapeMarkup(title)}</text>`;
}

function panelFrame(title: string, side: number): string {
  return `${panelTitle(title)}<rect width="${side}" height="${side}" fill="none" stroke="${RULE}"/>`;
}

interface Ink {
  readonly fill: string;
  readonly size: number;
}

function textAt(x: number, y: number, text: string, { fill, size }: Ink): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" fill="${fill}" text-anchor="middle" dominant-baseline="central">${escapeMarkup(text)}</text>`;
}

function startText(x: number, y: number, text: string, { fill, size }: Ink): string {
  return `<text x="${x}" y="${y.toFixed(1)}" font-size="${size}" fill="${fill}" dominant-baseline="central">${escapeMarkup(text)}</text>`;
}

/** Nine colours and the ink; a class past these starts again, its number still tells it apart. */
function classColour(c: number): string {
  return [...CATEGORY_COLOURS, INK][c % (CATEGORY_COLOURS.length + 1)]!;
}

function sequential(share: number): string {
  const last = SEQUENTIAL_COLOURS.length - 1;
  return SEQUENTIAL_COLOURS[Math.min(last, Math.max(0, Math.round(share * last)))]!;
}

function spanOf(plane: Float64Array, side: 0 | 1): { readonly centre: number; readonly width: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = side; i < plane.length; i += 2) {
    low = Math.min(low, plane[i]!);
    high = Math.max(high, plane[i]!);
  }
  return { centre: (low + high) / 2, width: high - low };
}
