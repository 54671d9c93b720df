// One trial, the one selected last: parameters, results, error, the files it left, and the command that runs it again.
import { quoteArgument } from '../../ground/text.js';
import { createConfusion } from '../confusion.js';
import { button, copy, make } from '../dom.js';
import { formatCell, formatWhole, titleOf } from '../numbers.js';
import { Panel } from '../panel.js';
import type { Store } from '../store.js';
import { type Stretch, stretchesByRow } from '../stretches.js';
import type { Column } from '../table.js';

const PICTURE = /\.(png|jpe?g|gif|webp|svg|avif)$/i;
const PICTURES = 24;

export class Detail extends Panel {
  #files: ReadonlyMap<number, readonly string[]>;
  /** Where the confusion matrix of a row stands. */
  #matrices: ReadonlyMap<number, Stretch>;
  /** What is on the screen: with newer data it is mostly the same, and stays. */
  #drawn = '';

  constructor(store: Store) {
    super(store, {
      id: 'detail',
      title: 'Trial',
      about: 'The trial that was selected last.',
      on: ['selection'],
    });
    this.#files = new Map(store.data.facts.files);
    this.#matrices = matricesOf(store);
  }

  protected override forget(): void {
    this.#files = new Map(this.store.data.facts.files);
    this.#matrices = matricesOf(this.store);
  }

  protected draw(): void {
    const { store } = this;
    const row = store.selected.at(-1);
    const said = row === undefined ? '' : this.#describe(row);
    if (said !== '' && said === this.#drawn) return;
    this.#drawn = said;
    this.controls.replaceChildren();
    if (row === undefined) {
      this.body.replaceChildren(
        make('p', { class: 'empty', text: 'Select a trial: a row of the table, a point, or a line.' }),
      );
      return;
    }
    const number = store.numberOf(row);
    const of = (...roles: readonly Column['role'][]) =>
      store.columns
        .filter(
          ({ role, name, values }) =>
            roles.includes(role) && name !== 'trial' && name !== 'error' && !Number.isNaN(values[row]!),
        )
        .map((column) => [titleOf(column), formatWhole(column, column.values[row]!)] as const);
    const error = store.find('error', 'run');
    const message = error === undefined ? '' : formatCell(error, error.values[row]!);
    this.controls.append(...this.#steps(row));
    this.body.replaceChildren(
      make('h4', { text: `Trial ${number}` }),
      ...(message === '' ? [] : [make('pre', { class: 'error', text: message })]),
      pairs('Results', of('status', 'metric')),
      pairs('Parameters', [...of('axis', 'trial'), ...store.data.facts.fixed]),
      pairs('Run', of('run')),
      ...this.#confusion(row),
      this.#command(number),
      ...this.#artifacts(number),
    );
  }

  /** Changes with whatever is shown of it. */
  #describe(row: number): string {
    const { columns, selected, theme } = this.store;
    const cells = columns.map((column) => [column.name, formatWhole(column, column.values[row]!)]);
    const trials = selected.map((each) => this.store.numberOf(each));
    const matrix = this.#matrices.get(row);
    return JSON.stringify([
      ...[cells, trials, this.#files.get(trials.at(-1)!), matrix],
      ...[theme.paper, this.body.clientWidth],
    ]);
  }

  #confusion(row: number): readonly HTMLElement[] {
    const { store } = this;
    const stretch = this.#matrices.get(row);
    if (stretch === undefined) return [];
    return createConfusion(store, store.data.confusions!, stretch, Math.max(200, this.body.clientWidth - 8));
  }

  /** Back and forth over the trials that are selected. */
  #steps(row: number): HTMLElement[] {
    const { store } = this;
    const { selected } = store;
    if (selected.length < 2) return [button('Clear', () => store.unselect())];
    return [
      ...selected.map((each, i) => {
        const step = button(String(store.numberOf(each)), () => {
          store.select(each, true);
          store.select(each, true);
        });
        step.style.borderColor = store.selectionColour(i);
        if (each === row) step.setAttribute('aria-current', 'true');
        return step;
      }),
      button('Clear', () => store.unselect()),
    ];
  }

  #command(number: number): HTMLElement {
    const { facts } = this.store.data;
    const isAlone = !facts.takenOver.includes(number);
    const command = isAlone ? facts.replay : facts.explain;
    const text = `${command} ${quoteArgument(folderOfPage() ?? facts.run)} ${number}`;
    const said = make('span', { class: 'said', attributes: { role: 'status' } });
    const act = () => {
      void copy(text).then((done) => {
        said.textContent = done ? 'copied' : 'the browser refused';
      });
    };
    return make(
      'p',
      { class: 'command' },
      make('span', { text: isAlone ? 'Run it again: ' : 'Whose weights it has (pbt): ' }),
      make('code', { text }),
      ' ',
      button('Copy', act),
      ' ',
      said,
    );
  }

  #artifacts(number: number): HTMLElement[] {
    const files = this.#files.get(number);
    if (files === undefined) return [];
    const address = (path: string) =>
      ['artifacts', String(number), ...path.split('/')].map(encodeURIComponent).join('/');
    const pictures = files.filter((path) => PICTURE.test(path)).slice(0, PICTURES);
    const shown = pictures.map((path) => {
      const image = make('img', { attributes: { src: address(path), alt: path, loading: 'lazy' } });
      const figure = make('figure', {}, image, make('figcaption', { text: path }));
      // The page may have been sent without the run folder.
      image.addEventListener('error', () =>
        image.replaceWith(make('span', { class: 'empty', text: 'not beside this page' })),
      );
      return figure;
    });
    const others = files.filter((path) => !pictures.includes(path));
    const links = others.map((path) =>
      make('li', {}, make('a', { text: path, attributes: { href: address(path) } })),
    );
    return [
      make('h4', { text: `Files (${files.length})` }),
      ...(shown.length === 0 ? [] : [make('div', { class: 'pictures' }, ...shown)]),
      ...(links.length === 0 ? [] : [make('ul', { class: 'files' }, ...links)]),
    ];
  }
}

/** The run folder is where the page lies, as long as it was opened from disk. */
function folderOfPage(): string | undefined {
  if (location.protocol !== 'file:') return undefined;
  const path = decodeURIComponent(location.pathname).replace(/\/[^/]*$/, '');
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}

function pairs(title: string, list: readonly (readonly [string, string])[]): HTMLElement | string {
  if (list.length === 0) return '';
  const cells = list.flatMap(([name, value]) => [make('dt', { text: name }), make('dd', { text: value })]);
  return make('div', {}, make('h4', { text: title }), make('dl', {}, ...cells));
}

/** Where the confusion matrix of each row stands. */
function matricesOf(store: Store): ReadonlyMap<number, Stretch> {
  const { confusions } = store.data;
  return confusions === undefined ? new Map() : stretchesByRow(store, confusions);
}
