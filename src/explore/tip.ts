// The box beside the pointer that says which trial is there.
import { make } from './dom.js';
import { formatCell, shorten } from './numbers.js';
import type { Store } from './store.js';
import type { Column } from './table.js';

const box = make('div', { class: 'tip', attributes: { 'aria-hidden': 'true' } });

/** Shows a trial: its number, then these columns. */
export function showTrial(event: PointerEvent, store: Store, row: number, columns: readonly Column[]): void {
  const lines = [...new Set(columns)].map(
    (column) => `${column.name}: ${shorten(formatCell(column, column.values[row]!), 60) || '–'}`,
  );
  showLines(event, [`Trial ${store.numberOf(row)}`, ...lines]);
}

export function showLines(event: Pick<PointerEvent, 'clientX' | 'clientY'>, lines: readonly string[]): void {
  box.replaceChildren(...lines.map((text, i) => make('div', { text, class: i === 0 ? 'first' : '' })));
  if (!box.isConnected) document.body.append(box);
  const { innerWidth, innerHeight } = window;
  const { offsetWidth, offsetHeight } = box;
  box.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - offsetWidth - 8))}px`;
  box.style.top = `${Math.max(4, event.clientY + 16 + offsetHeight > innerHeight ? event.clientY - offsetHeight - 10 : event.clientY + 16)}px`;
}

export function hideTip(): void {
  box.remove();
}
