// Trials that did not end ok, by what they said. Numbers within a message do not tell two messages apart.
import { button, make } from '../dom.js';
import { shorten as clip, formatCell } from '../numbers.js';
import { Panel } from '../panel.js';
import type { Store } from '../store.js';

interface Group {
  readonly status: string;
  readonly statusCode: number;
  readonly message: string;
  readonly codes: Set<number>;
  readonly rows: number[];
}

const GROUPS = 50;
/** A trial that still runs has not failed. */
const GOOD: ReadonlySet<string> = new Set(['ok', 'pruned', 'running', 'waiting']);

export class Failures extends Panel {
  static create(store: Store): Failures | undefined {
    const status = store.find('status', 'status');
    const bad = status?.labels.some((label) => !GOOD.has(label)) ?? false;
    return bad ? new Failures(store) : undefined;
  }

  constructor(store: Store) {
    super(store, {
      id: 'failures',
      title: 'Failures by message',
      about: 'Of the trials that pass the filter. Messages that differ in numbers only count as one.',
      isWide: true,
      on: ['filter', 'selection'],
    });
  }

  protected draw(): void {
    const { store } = this;
    const groups = this.#groups();
    const total = groups.reduce((sum, { rows }) => sum + rows.length, 0);
    const rows = groups.slice(0, GROUPS).map((group) => {
      const first = group.rows[0]!;
      return make(
        'tr',
        {},
        make('td', { class: 'number', text: group.rows.length.toLocaleString('en-US') }),
        make('td', { text: group.status }),
        make('td', { class: 'message', text: clip(group.message, 400) || 'no message' }),
        make(
          'td',
          {},
          button(`trial ${store.numberOf(first)}`, () => store.select(first)),
        ),
        make(
          'td',
          {},
          button('Filter', () => this.#filter(group), {
            attributes: { 'aria-label': `Filter all views to: ${clip(group.message, 80)}` },
          }),
        ),
      );
    });
    const head = ['trials', 'status', 'message', 'first', 'filter'].map((text) =>
      make('th', { text, attributes: { scope: 'col' } }),
    );
    this.body.replaceChildren(
      make(
        'div',
        { class: 'table', attributes: { role: 'region', 'aria-label': 'Failures', tabindex: '0' } },
        make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows)),
      ),
    );
    const more =
      groups.length > GROUPS ? ` The ${GROUPS} most frequent of ${groups.length} messages are shown.` : '';
    this.note.textContent = `${total.toLocaleString('en-US')} of ${store.count.toLocaleString('en-US')} trials did not end ok.${more}`;
  }

  #filter({ codes, statusCode }: Group): void {
    const error = this.store.find('error', 'run');
    const status = this.store.find('status', 'status')!;
    this.store.restrict(
      [status, { kind: 'set', codes: new Set([statusCode]) }],
      ...(error === undefined || codes.size === 0 ? [] : [[error, { kind: 'set', codes }] as const]),
    );
  }

  #groups(): Group[] {
    const { store } = this;
    const status = store.find('status', 'status')!;
    const error = store.find('error', 'run');
    const good = new Set(status.labels.flatMap((label, code) => (GOOD.has(label) ? [code] : [])));
    const groups = new Map<string, Group>();
    // By status and error, so that a message is read once and not for each of its trials.
    const known = new Map<number, Group>();
    for (let row = 0; row < store.rows; row++) {
      const code = status.values[row]!;
      if (store.mask[row] === 0 || good.has(code)) continue;
      const said = error?.values[row] ?? Number.NaN;
      const pair = (Number.isNaN(said) ? 0 : said + 1) * status.labels.length + code;
      let group = known.get(pair);
      if (group === undefined) {
        const message = error === undefined ? '' : formatCell(error, said);
        const key = `${code} ${message.replaceAll(/\d+(\.\d+)?(e[+-]?\d+)?/gi, '#')}`;
        group = groups.get(key) ?? {
          status: status.labels[code] ?? '',
          statusCode: code,
          message,
          codes: new Set(),
          rows: [],
        };
        groups.set(key, group);
        known.set(pair, group);
        if (!Number.isNaN(said)) group.codes.add(said);
      }
      group.rows.push(row);
    }
    return [...groups.values()].sort((a, b) => b.rows.length - a.rows.length);
  }
}
