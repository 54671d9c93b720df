// A figure in its page: both forms of it, the table behind it, and the values that the page's script tells where a reader
// points. Colours of the theme become the page's, so that they turn with it.
import { formatCount } from '../ground/text.js';
import type { Cell } from './define.js';
import type { Behind, Figure } from './figure.js';
import { escapeMarkup } from './markup.js';
import { CATEGORY_COLOURS, formatNumber, INK, MUTED, PAPER, RULE } from './theme.js';

/** Rows of the table in the page. */
const MOST_ROWS = 100;
/** Values that can be pointed at; of more, so many evenly spread. */
const MOST_VALUES = 4000;
const LONGEST_TEXT = 200;

export function renderFigure({ about, picture, narrow, behind }: Figure, name: string): string {
  const wide =
    typeof picture === 'string'
      ? themeable(picture)
      : `<img src="data:image/png;base64,${Buffer.from(picture).toString('base64')}" alt="${escapeMarkup(about)}">`;
  const forms = [
    `<div class="wide">${wide}</div>`,
    ...(narrow === undefined ? [] : [`<div class="narrow">${themeable(narrow)}</div>`]),
  ];
  const more = behind === undefined ? '' : renderTable(behind, name) + renderValues(behind);
  const kind = narrow === undefined ? 'drawing' : 'drawing has-narrow';
  return `<figure id="figure-${escapeMarkup(name)}"><div class="${kind}" tabindex="0" role="group" aria-label="${escapeMarkup(about)}">${forms.join('')}</div>${more}</figure>`;
}

function themeable(svg: string): string {
  const names: Readonly<Record<string, string>> = {
    [INK]: 'ink',
    [MUTED]: 'muted',
    [RULE]: 'rule',
    [PAPER]: 'paper',
    ...Object.fromEntries(CATEGORY_COLOURS.map((colour, i) => [colour, `c${i}`])),
  };
  return svg.trimEnd().replace(/#[0-9a-f]{6}\b/gi, (colour) => {
    const name = names[colour.toLowerCase()];
    return name === undefined ? colour : `var(--${name})`;
  });
}

function renderTable({ columns, rows }: Behind, name: string): string {
  const isNumber = columns.map((_, c) => rows.every((row) => typeof (row[c] ?? 0) === 'number'));
  const line = (cells: readonly Cell[], tag: string) =>
    `<tr>${cells
      .map((cell, c) => `<${tag}${isNumber[c] ? ' class="number"' : ''}>${escapeMarkup(show(cell))}</${tag}>`)
      .join('')}</tr>`;
  const shown = rows.slice(0, MOST_ROWS).map((row) => line(row, 'td'));
  const rest =
    rows.length > MOST_ROWS
      ? `<p class="note">The first ${formatCount(MOST_ROWS)} of ${formatCount(rows.length)} rows.</p>`
      : '';
  return `<details class="behind"><summary>Data behind this figure</summary><div class="table" tabindex="0" role="region" aria-label="Data behind ${escapeMarkup(name)}"><table><thead>${line(columns, 'th')}</thead><tbody>${shown.join('')}</tbody></table></div>${rest}</details>`;
}

/** What the script reads: see src/explore/figures.ts. */
function renderValues({ columns, rows, places, narrowPlaces }: Behind): string {
  if (places === undefined || rows.length === 0) return '';
  const step = Math.max(1, rows.length / MOST_VALUES);
  const chosen = Array.from({ length: Math.min(rows.length, MOST_VALUES) }, (_, i) => Math.floor(i * step));
  const flat = (all: Behind['places']) =>
    all && chosen.flatMap((row) => (all[row] ?? [-1, -1]).map((at) => Math.round(at)));
  const values = {
    columns,
    rows: chosen.map((row) => rows[row]!.map(show)),
    wide: flat(places),
    narrow: flat(narrowPlaces),
  };
  // Nothing in it may end the element that it stands in.
  const json = JSON.stringify(values).replaceAll('<', '\\u003c');
  return `<script type="application/json" class="values">${json}</script>`;
}

function show(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return formatNumber(cell);
  const text = String(cell);
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
