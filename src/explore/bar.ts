// The bar that stays in sight: how many trials pass, what the filter asks for, the search, the colours and their key.
import { button, make, select } from './dom.js';
import { formatNumber, shorten } from './numbers.js';
import { prefersLog } from './scale.js';
import type { Condition, Store } from './store.js';
import { chartable } from './store.js';
import type { Column } from './table.js';

/** A search waits for the end of a word, not for the end of a sentence. */
const PAUSE_MS = 120;

export function createBar(store: Store): HTMLElement {
  const count = make('strong', { class: 'count', attributes: { role: 'status', 'aria-live': 'polite' } });
  const chips = make('div', { class: 'chips', attributes: { role: 'group', 'aria-label': 'Filter' } });
  const key = make('div', { class: 'key' });
  const clear = button('Clear filter', () => {
    search.value = '';
    store.clear();
  });
  const search = make('input', {
    title: 'Words in any text, a trial’s number, or comparisons: loss<0.2 optimizer=adam',
    attributes: {
      type: 'search',
      placeholder: 'Search: adam loss<0.2',
      'aria-label': 'Search trials',
      spellcheck: 'false',
    },
  });
  let pause = 0;
  search.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(() => store.setSearch(search.value), PAUSE_MS);
  });
  let colours = chooseColour(store);
  const showCount = () => {
    const format = (n: number) => n.toLocaleString('en-US');
    count.textContent =
      store.count === store.rows
        ? `${format(store.rows)} ${store.rows === 1 ? 'trial' : 'trials'}`
        : `${format(store.count)} of ${format(store.rows)} trials`;
  };
  const show = () => {
    showCount();
    clear.hidden = store.conditions.size === 0 && store.search === '';
    if (store.search === '' && document.activeElement !== search) search.value = '';
    chips.replaceChildren(
      ...[...store.conditions].map(([column, condition]) => createChip(store, column, condition)),
    );
  };
  store.listen((change) => {
    if (change === 'filter') show();
    if (change === 'data') showCount();
    if (change === 'columns') {
      const before = colours;
      colours = chooseColour(store);
      before.replaceWith(colours);
    }
    if (change === 'colour' || change === 'theme' || change === 'data')
      key.replaceChildren(...createKey(store));
  });
  show();
  key.replaceChildren(...createKey(store));
  return make(
    'div',
    { class: 'bar', attributes: { role: 'region', 'aria-label': 'Filter of all views' } },
    make('div', { class: 'line' }, count, search, clear, colours, key, createSwitch(store)),
    chips,
  );
}

function chooseColour(store: Store): HTMLElement {
  const columns = chartable(store.columns).map((value) => ({ label: value.name, value }));
  const choices = [{ label: 'one colour', value: undefined as Column | undefined }, ...columns];
  return select('colour', choices, store.paint.column, (column) => store.colourBy(column));
}

/** How charts are used without a mouse. */
export function createHelp(): HTMLElement {
  const lines = [
    'Charts with axes: ← → ↑ ↓ move the upper edges of the filter, with Shift the lower ones; Escape removes it.',
    'Cells, bars, curves and times: arrow keys go from one to the next, Enter chooses it (with Shift: beside others).',
    'With a finger: drag sideways over a chart, or along an axis of the parallel coordinates.',
  ];
  return make(
    'details',
    { class: 'keys' },
    make('summary', { text: 'Keyboard and touch' }),
    ...lines.map((text) => make('p', { class: 'about', text })),
  );
}

/** A condition as two numbers to edit, or its texts; the cross takes it away. */
function createChip(store: Store, column: Column, condition: Condition): HTMLElement {
  const away = button('×', () => store.restrict([column, undefined]), {
    attributes: { 'aria-label': `Remove the filter on ${column.name}` },
  });
  const name = make('span', { text: column.name });
  if (condition.kind === 'set') {
    const texts = [...condition.codes].map((code) => column.labels[code] ?? '');
    const text =
      texts.length > 4
        ? `${texts.length} of ${column.labels.length} values`
        : texts.map((each) => shorten(each, 40)).join(', ');
    return make('span', { class: 'chip' }, name, make('span', { text: `: ${text || 'none'}` }), away);
  }
  const edge = (which: 'low' | 'high') => {
    const field = make('input', {
      attributes: {
        type: 'number',
        step: 'any',
        value: formatNumber(condition[which], 5),
        'aria-label': `${which === 'low' ? 'Least' : 'Greatest'} ${column.name}`,
      },
    });
    field.addEventListener('change', () => {
      const value = field.value === '' ? Number.NaN : Number(field.value);
      const open = which === 'low' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      store.restrict([column, { ...condition, [which]: Number.isNaN(value) ? open : value }]);
    });
    return field;
  };
  return make('span', { class: 'chip' }, name, edge('low'), make('span', { text: '–' }), edge('high'), away);
}

/** What the colours mean. */
function createKey({ paint }: Store): HTMLElement[] {
  const { column, css, isSequence } = paint;
  if (column === undefined) return [];
  if (isSequence) {
    const ramp = make('span', { class: 'ramp', attributes: { 'aria-hidden': 'true' } });
    ramp.style.background = `linear-gradient(90deg, ${css.slice(0, -1).join(', ')})`;
    const [low, high] = [column.low, column.high].map((value) => formatNumber(value, 3));
    return [
      make('span', { text: low! }),
      ramp,
      make('span', { text: `${high}${prefersLog(column) ? ' (log)' : ''}` }),
    ];
  }
  return column.labels.slice(0, 9).map((label, i) => {
    const swatch = make('span', { class: 'swatch' });
    swatch.style.background = css[i]!;
    const text =
      i === 8 && column.labels.length > 9 ? `${column.labels.length - 8} others` : shorten(label, 24);
    return make('span', { class: 'entry' }, swatch, make('span', { text }));
  });
}

const THEMES = ['auto', 'light', 'dark'] as const;

function createSwitch(store: Store): HTMLElement {
  const root = document.documentElement;
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => store.retheme());
  return select(
    'theme',
    THEMES.map((value) => ({ label: value, value })),
    'auto' as (typeof THEMES)[number],
    (theme) => {
      if (theme === 'auto') delete root.dataset.theme;
      else root.dataset.theme = theme;
      store.retheme();
    },
  );
}
