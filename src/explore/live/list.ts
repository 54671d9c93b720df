// The first page: every run of the folder, the newest first. Two that are ticked can be compared.
import { formatCount, formatDuration } from '../../ground/text.js';
import { button, make } from '../dom.js';
import { createBanner } from './banner.js';
import { clock } from './clock.js';
import type { ListedRunView, ListView } from './contract.js';
import { listen } from './events.js';
import { addressOf, compareAddress } from './server.js';
import { badge, bar, describeAge, describeBad, describeDone } from './words.js';

/** Rows in the page: a folder may hold thousands. */
const SHOWN = 500;
const AGE_MS = 10_000;

interface Row {
  readonly element: HTMLElement;
  readonly age: HTMLElement;
  view: ListedRunView;
}

export function showList(root: HTMLElement): void {
  const list = new RunList();
  root.replaceChildren(...list.elements);
}

class RunList {
  readonly #banner = createBanner();
  readonly #title = make('h1', { text: 'Runs' });
  readonly #note = make('p', { class: 'note', attributes: { 'aria-live': 'polite' } });
  readonly #body = make('tbody');
  readonly #search = make('input', {
    attributes: { type: 'search', placeholder: 'Sweep, state or id', 'aria-label': 'Search runs' },
  });
  readonly #compare = button('Compare two runs', () => this.#openCompare());
  readonly #rows = new Map<string, Row>();
  readonly #chosen = new Set<string>();
  #pending = 0;

  constructor() {
    this.#search.addEventListener('input', () => this.#arrange());
    this.#compare.disabled = true;
    setInterval(() => {
      for (const { age, view } of this.#rows.values())
        age.textContent = describeAge(view.created, clock.now());
    }, AGE_MS);
    listen('/api/events', {
      onConnection: this.#banner.onConnection,
      on: {
        list: (data) => this.#takeAll(data as ListView),
        changed: (data) => this.#take(data as Pick<ListView, 'runs' | 'pending'>),
      },
    });
  }

  get elements(): readonly HTMLElement[] {
    const heads = ['', 'run', 'state', 'trials', 'best', 'age'];
    const head = heads.map((text, i) =>
      i === 0
        ? make('th', { attributes: { scope: 'col', 'aria-label': 'Compare' } })
        : make('th', { text, attributes: { scope: 'col' } }),
    );
    const table = make(
      'div',
      { class: 'table', attributes: { tabindex: '0', role: 'region', 'aria-label': 'Runs' } },
      make('table', { class: 'runs' }, make('thead', {}, make('tr', {}, ...head)), this.#body),
    );
    const tools = make('div', { class: 'tools' }, this.#search, this.#compare);
    return [this.#title, this.#banner.element, tools, this.#note, table];
  }

  #takeAll({ root, runs, pending }: ListView): void {
    document.title = `${root} - Sweepline`;
    this.#title.textContent = `Runs in ${root}`;
    const gone = new Set(this.#rows.keys());
    for (const { path } of runs) gone.delete(path);
    for (const path of gone) {
      this.#rows.get(path)!.element.remove();
      this.#rows.delete(path);
      this.#chosen.delete(path);
    }
    this.#take({ runs, pending });
  }

  #take({ runs, pending }: Pick<ListView, 'runs' | 'pending'>): void {
    this.#pending = pending;
    for (const view of runs) {
      const known = this.#rows.get(view.path);
      if (known !== undefined && JSON.stringify(known.view) === JSON.stringify(view)) continue;
      const row = this.#createRow(view);
      this.#rows.set(view.path, row);
      known?.element.replaceWith(row.element);
    }
    this.#arrange();
  }

  /** Those that the search finds, the newest first; rows that stand where they should are left alone. */
  #arrange(): void {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [...this.#rows.values()]
      .filter(({ view: { path, sweep, phase } }) =>
        words.every((word) => `${path} ${sweep} ${phase}`.toLowerCase().includes(word)),
      )
      .sort(({ view: a }, { view: b }) => compare(keyOf(b), keyOf(a)));
    const shown = found.slice(0, SHOWN).map(({ element }) => element);
    const isSame =
      shown.length === this.#body.children.length && shown.every((row, i) => row === this.#body.children[i]);
    if (!isSame) this.#body.replaceChildren(...shown);
    this.#note.textContent = this.#describe(found.length);
    this.#compare.disabled = this.#chosen.size !== 2;
  }

  #describe(found: number): string {
    const all = this.#rows.size;
    if (all === 0) return 'No runs here yet: `sweepline run <sweep>` starts one, and it will appear.';
    return [
      found === all
        ? `${formatCount(all)} ${all === 1 ? 'run' : 'runs'}`
        : `${formatCount(found)} of ${formatCount(all)} runs`,
      ...(found > SHOWN ? [`the newest ${SHOWN} are shown`] : []),
      ...(this.#pending > 0 ? [`${formatCount(this.#pending)} are being read`] : []),
    ].join('; ');
  }

  #createRow(view: ListedRunView): Row {
    const { path, sweep, phase, counts, total, created, best, etaMs, error } = view;
    const box = make('input', { attributes: { type: 'checkbox', 'aria-label': `Compare ${path}` } });
    box.checked = this.#chosen.has(path);
    box.addEventListener('change', () => {
      if (box.checked) this.#chosen.add(path);
      else this.#chosen.delete(path);
      this.#compare.disabled = this.#chosen.size !== 2;
    });
    const name = make('a', { text: path || sweep, attributes: { href: addressOf(path) } });
    const trials =
      counts === null ? '' : [describeDone(counts.done, total), ...describeBad(counts)].join(', ');
    const eta =
      etaMs === null
        ? undefined
        : make('div', { class: 'small', text: `about ${formatDuration(etaMs)} to go` });
    const isGoing = phase === 'running' || phase === 'paused' || phase === 'stopping';
    const age = make('td', { class: 'small', text: describeAge(created, clock.now()), title: created });
    const element = make(
      'tr',
      {},
      make('td', {}, box),
      make(
        'td',
        { class: 'name' },
        name,
        sweep === path ? undefined : make('div', { class: 'small', text: sweep }),
      ),
      make('td', {}, badge(phase), eta),
      make(
        'td',
        {},
        trials,
        isGoing && counts !== null ? bar(counts.done, total, `Progress of ${path}`) : undefined,
      ),
      make('td', { class: 'text', text: error ?? best ?? '' }),
      age,
    );
    return { element, age, view };
  }

  #openCompare(): void {
    // The older one is what the other is compared to.
    const [a, b] = [...this.#chosen].sort((x, y) =>
      compare(keyOf(this.#rows.get(x)!.view), keyOf(this.#rows.get(y)!.view)),
    );
    if (a !== undefined && b !== undefined) location.assign(compareAddress(a, b));
  }
}

/** Ids begin with the time; a run of another name has the time when it was made. */
function keyOf({ path, created }: ListedRunView): string {
  return `${created || (/\d{8}-\d{6}/.exec(path)?.[0] ?? '').replace(/^(\d{4})(\d\d)(\d\d)-/, '$1-$2-$3T')} ${path}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
