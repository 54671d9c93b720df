// The confusion matrix of one trial: its classes by what they were taken for. A cell's colour is its share of the class, so
// that rare classes are read as well as frequent ones; its number is the count.
import { isLight, viridis } from './colour.js';
import { make, plainTable } from './dom.js';
import { formatNumber, shorten } from './numbers.js';
import type { Store } from './store.js';
import type { Stretch } from './stretches.js';
import { Surface } from './surface.js';
import type { Table } from './table.js';

const LEFT = 46;
const TOP = 20;
const BOTTOM = 22;

interface Matrix {
  readonly classes: readonly string[];
  /** Row by row: of a class, what it was taken for. */
  readonly counts: Float64Array;
}

/** Drawn `width` pixels wide at most. */
export function createConfusion(
  store: Store,
  table: Table,
  stretch: Stretch,
  width: number,
): readonly HTMLElement[] {
  const matrix = readMatrix(table, stretch);
  const { classes, counts } = matrix;
  const n = classes.length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  let right = 0;
  for (let i = 0; i < n; i++) right += counts[i * (n + 1)]!;
  const surface = new Surface();
  const name = table.columns[2]!.name;
  const said = `${formatNumber((100 * right) / total, 3)} % of ${total.toLocaleString('en-US')} lie on the diagonal`;
  surface.canvas.setAttribute('role', 'img');
  surface.canvas.setAttribute('aria-label', `Confusion matrix of ${n} classes: ${said}`);
  drawMatrix(surface, matrix, { store, name, side: Math.min(width, LEFT + Math.max(160, n * 34)) });
  const rows = classes.map((label, i) => [label, ...Array.from(counts.slice(i * n, (i + 1) * n), String)]);
  const behind = make('details', { class: 'behind' }, make('summary', { text: 'Counts as a table' }));
  behind.append(plainTable('Confusion matrix', [`class / ${name}`, ...classes], rows));
  return [
    make('h4', { text: 'Confusion matrix' }),
    make('p', { class: 'about', text: `Rows are classes, columns what they were ${name} as; ${said}.` }),
    make('div', { class: 'matrix' }, surface.canvas),
    behind,
  ];
}

/** Classes in the order of their names, whether they stand for a row or for a column. */
function readMatrix({ columns }: Table, { from, to }: Stretch): Matrix {
  const [, actual, predicted, count] = columns;
  const names = new Set<string>();
  for (let i = from; i < to; i++)
    for (const column of [actual!, predicted!]) names.add(column.labels[column.values[i]!] ?? '');
  const classes = [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const places = new Map(classes.map((label, i) => [label, i]));
  const counts = new Float64Array(classes.length ** 2);
  for (let i = from; i < to; i++) {
    const [row, column] = [actual!, predicted!].map(({ labels, values }) =>
      places.get(labels[values[i]!] ?? ''),
    );
    counts[row! * classes.length + column!]! += count!.values[i]!;
  }
  return { classes, counts };
}

interface MatrixOptions {
  readonly store: Store;
  /** What columns are. */
  readonly name: string;
  readonly side: number;
}

function drawMatrix(
  surface: Surface,
  { classes, counts }: Matrix,
  { store, name, side }: MatrixOptions,
): void {
  const n = classes.length;
  const cell = (side - LEFT) / n;
  const context = surface.begin(side, TOP + n * cell + BOTTOM);
  surface.canvas.style.width = `${side}px`;
  const { theme } = store;
  context.textBaseline = 'middle';
  for (let row = 0; row < n; row++) {
    const own = counts.subarray(row * n, (row + 1) * n);
    const total = own.reduce((sum, count) => sum + count, 0);
    for (const [column, count] of own.entries()) {
      const colour = total > 0 ? viridis(count / total) : theme.rule;
      const [x, y] = [LEFT + column * cell, TOP + row * cell];
      context.fillStyle = colour;
      context.fillRect(x, y, cell - 1, cell - 1);
      if (count === 0 || cell < 16) continue;
      context.fillStyle = isLight(colour) ? '#000' : '#fff';
      context.textAlign = 'center';
      context.fillText(formatNumber(count, 3), x + cell / 2, y + cell / 2, cell - 3);
    }
  }
  context.fillStyle = theme.ink;
  const every = Math.ceil(14 / cell);
  for (const [i, label] of classes.entries()) {
    if (i % every !== 0) continue;
    context.textAlign = 'right';
    context.fillText(shorten(label, 8), LEFT - 5, TOP + (i + 0.5) * cell, LEFT - 8);
    context.textAlign = 'center';
    context.fillText(shorten(label, 8), LEFT + (i + 0.5) * cell, TOP + n * cell + 10, cell * every - 2);
  }
  context.fillStyle = theme.muted;
  context.textAlign = 'left';
  context.fillText('class', 2, 9);
  context.fillText(`${shorten(name, 20)} →`, LEFT, 9);
}
