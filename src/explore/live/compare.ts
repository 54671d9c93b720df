// Two runs compared: what each is, and the views of the trials that both have. A is what B is compared to.
import { createBar } from '../bar.js';
import { make, select } from '../dom.js';
import { ROOT_ID } from '../payload.js';
import { Store } from '../store.js';
import { TrialTable } from '../views/trial-table.js';
import { createBanner } from './banner.js';
import type { ListedRunView, ListView } from './contract.js';
import { listen } from './events.js';
import { Differences, PairHistory, PairScatter, type Shown } from './pair-views.js';
import { type Metric, type Pairs, pair, type Side } from './pairs.js';
import { addressOf, compareAddress, fetchData, fetchKeys } from './server.js';
import { badge, describeBad, describeDone } from './words.js';

/** What is compared is fetched again at most so often. */
const EVERY_MS = 3000;

export function showCompare(root: HTMLElement, a: string, b: string): void {
  const page = new Comparison([a, b]);
  root.replaceChildren(...page.elements);
}

class Comparison {
  readonly #paths: readonly [string, string];
  readonly #banner = createBanner();
  readonly #choose = make('div', { class: 'tools' });
  readonly #facts = make('div', {
    class: 'table',
    attributes: { tabindex: '0', role: 'region', 'aria-label': 'Both runs' },
  });
  readonly #note = make('p', { class: 'note', attributes: { 'aria-live': 'polite' } });
  readonly #explore = make('div', { attributes: { id: ROOT_ID } });
  readonly #runs = new Map<string, ListedRunView>();
  #store: Store | undefined;
  #shown: Shown | undefined;
  #said = '';
  #isBusy = false;
  #isStale = false;

  constructor(paths: readonly [string, string]) {
    this.#paths = paths;
    document.title = 'Compare - Sweepline';
    const take = (data: unknown) => {
      const { runs } = data as Pick<ListView, 'runs'>;
      for (const run of runs) this.#runs.set(run.path, run);
      this.#describe();
    };
    listen('/api/events', {
      onConnection: this.#banner.onConnection,
      on: { list: take, changed: take },
    });
  }

  get elements(): readonly HTMLElement[] {
    return [
      make('nav', { class: 'crumbs' }, make('a', { text: 'All runs', attributes: { href: '/' } })),
      make('h1', { text: 'Compare two runs' }),
      ...[this.#banner.element, this.#choose, this.#facts, this.#note, this.#explore],
    ];
  }

  /** Both runs as they are now; what has changed in them is fetched. */
  #describe(): void {
    const both = this.#paths.map((path) => this.#runs.get(path));
    const text = JSON.stringify([both, [...this.#runs.keys()]]);
    if (text === this.#said) return;
    this.#said = text;
    this.#showChoice();
    const rows = both.map((run, i) => {
      const link = run === undefined ? this.#paths[i]! || 'choose a run' : '';
      const name =
        run === undefined
          ? link
          : make('a', { text: run.path || run.sweep, attributes: { href: addressOf(run.path) } });
      const counts = run?.counts;
      const trials = counts ? [describeDone(counts.done, run!.total), ...describeBad(counts)].join(', ') : '';
      return make(
        'tr',
        {},
        make('th', { text: 'AB'[i]!, attributes: { scope: 'row' } }),
        make('td', {}, name),
        make('td', {}, run === undefined ? undefined : badge(run.phase)),
        make('td', { text: trials }),
        make('td', { class: 'text', text: run?.error ?? run?.best ?? '' }),
      );
    });
    const head = ['', 'run', 'state', 'trials', 'best'].map((name) =>
      make('th', {
        text: name,
        attributes: { scope: 'col', ...(name === '' ? { 'aria-label': 'Side' } : {}) },
      }),
    );
    this.#facts.replaceChildren(
      make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows)),
    );
    if (both.every((run) => run?.counts)) void this.#fetch();
  }

  #showChoice(): void {
    const paths = [...this.#runs.keys()].sort().reverse();
    const choices = (own: string) =>
      [...(paths.includes(own) ? [] : [own]), ...paths].map((value) => ({ label: value || '-', value }));
    const [a, b] = this.#paths;
    this.#choose.replaceChildren(
      select('A', choices(a), a, (path) => location.assign(compareAddress(path, b))),
      select('B', choices(b), b, (path) => location.assign(compareAddress(a, path))),
    );
  }

  async #fetch(): Promise<void> {
    this.#isStale = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        const [a, b] = await Promise.all(this.#paths.map(readSide));
        this.#show(a!, b!);
        await new Promise((done) => setTimeout(done, EVERY_MS));
      }
    } catch (error) {
      this.#banner.say(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isBusy = false;
    }
  }

  #show(a: Side, b: Side): void {
    const pairs = pair(a, b);
    this.#note.textContent = describePairs(pairs);
    const { data, metrics } = pairs;
    const [first] = [...metrics].sort((x, y) => Number(y.goal !== undefined) - Number(x.goal !== undefined));
    if (data.trials.rows === 0 || first === undefined) {
      this.#explore.replaceChildren();
      this.#store = undefined;
      return;
    }
    if (this.#store === undefined || this.#shown === undefined) {
      this.#shown = { metric: first, names: [a.name, b.name], sides: [a.data, b.data] };
      this.#store = new Store(data);
      this.#createViews(this.#store, this.#shown, metrics);
    } else {
      this.#shown.sides = [a.data, b.data];
      this.#store.renew(data);
    }
    this.#explore.dataset.state = 'ready';
  }

  #createViews(store: Store, shown: Shown, metrics: readonly Metric[]): void {
    const views = [
      new PairScatter(store, shown),
      new PairHistory(store, shown),
      new Differences(store, shown),
    ];
    const all = [...views, new TrialTable(store)];
    const choices = metrics.map((value) => ({ label: value.name, value }));
    this.#explore.replaceChildren(
      createBar(store),
      select('metric', choices, shown.metric, (metric) => {
        shown.metric = metric;
        for (const view of views) view.redraw();
      }),
      make('div', { class: 'board' }, ...all.map(({ element }) => element)),
    );
  }
}

async function readSide(path: string): Promise<Side> {
  const [data, keys] = await Promise.all([fetchData(path), fetchKeys(path)]);
  return { name: path || data.facts.sweep, data, keys };
}

function describePairs({ data, by, onlyA, onlyB }: Pairs): string {
  const count = (n: number) => n.toLocaleString('en-US');
  const { rows } = data.trials;
  if (rows === 0) return 'These runs have no trial in common.';
  const how = by === 'key' ? 'the same key' : 'the same values of the parameters that both vary';
  return `${count(rows)} trials of A and B have ${how}; ${count(onlyA)} are in A alone, ${count(onlyB)} in B alone.`;
}
