// The views of a run, the bar above them and the links to them. A view that does not apply is not made; it is once newer
// data has what it needs.
import { createBar, createHelp } from './bar.js';
import { make } from './dom.js';
import type { Panel } from './panel.js';
import { chartable, type Store } from './store.js';

import { Curves } from './views/curves.js';
import { Detail } from './views/detail.js';
import { Failures } from './views/failures.js';
import { Heat } from './views/heat.js';
import { History } from './views/history.js';
import { Importance } from './views/importance.js';
import { Parallel } from './views/parallel.js';
import { Pareto } from './views/pareto.js';
import { Replicates } from './views/replicates.js';
import { Scatter } from './views/scatter.js';
import { Slices } from './views/slices.js';
import { Timing } from './views/timing.js';
import { TrialTable } from './views/trial-table.js';

/** In the order of the page; undefined where it does not apply. */
const VIEWS: readonly ((store: Store) => Panel | undefined)[] = [
  (store) => new TrialTable(store),
  (store) => (hasMany(store) ? new Scatter(store) : undefined),
  (store) => new Detail(store),
  (store) => (hasMany(store) ? new Parallel(store) : undefined),
  History.create,
  Curves.create,
  Heat.create,
  Pareto.create,
  Replicates.create,
  Failures.create,
  Slices.create,
  Importance.create,
  Timing.create,
];

function hasMany(store: Store): boolean {
  return store.rows > 1 && chartable(store.columns).filter(({ role }) => role !== 'trial').length > 1;
}

/** Puts them into `root`. */
export function createBoard(root: HTMLElement, store: Store): void {
  const made: (Panel | undefined)[] = VIEWS.map(() => undefined);
  const board = make('div', { class: 'board' });
  const links = make('nav', { class: 'views', attributes: { 'aria-label': 'Views' } });
  const note = make('p', { class: 'note' });
  const views = () => made.filter((view) => view !== undefined);
  const fill = () => {
    let isNew = false;
    for (const [i, create] of VIEWS.entries()) {
      if (made[i] !== undefined) continue;
      const view = create(store);
      if (view === undefined) continue;
      made[i] = view;
      isNew = true;
      // Those that stand there already are not moved: they would lose where they are scrolled to.
      const next = made.slice(i + 1).find((each) => each !== undefined);
      board.insertBefore(view.element, next?.element ?? null);
    }
    const { notes } = store.data.facts;
    note.textContent = notes.length === 0 ? '' : `This page holds: ${notes.join('; ')}.`;
    if (!isNew) return;
    links.replaceChildren(
      ...views().map(({ options: { id, title } }) =>
        make('a', { text: title, attributes: { href: `#view-${id}` } }),
      ),
    );
    fillRows(views());
  };
  fill();
  root.append(createBar(store), links, createHelp(), note, board);
  if (store.rows === 1) store.select(0);
  store.listen((change) => {
    if (change === 'data') fill();
  });
  watchPrinting(store, views);
}

/** Paper is light, whatever the screen is: what was drawn in the dark is drawn anew for it, and back. */
function watchPrinting(store: Store, views: () => readonly Panel[]): void {
  const { dataset } = document.documentElement;
  let chosen: string | undefined;
  window.addEventListener('beforeprint', () => {
    chosen = dataset.theme;
    dataset.theme = 'light';
    store.retheme();
    for (const view of views()) view.drawNow();
  });
  window.addEventListener('afterprint', () => {
    if (chosen === undefined) delete dataset.theme;
    else dataset.theme = chosen;
    store.retheme();
  });
}

/** A narrow view that has no neighbour takes the whole row. */
function fillRows(views: readonly Panel[]): void {
  const narrow = views.filter(({ options }) => options.isWide !== true);
  for (const [i, { element }] of narrow.entries())
    element.classList.toggle('wide', narrow.length % 2 === 1 && i === narrow.length - 1);
}
