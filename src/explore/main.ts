// The script of report.html: reads the run that the page carries, and shows the views that apply to it. Nothing here asks
// the network for anything, and a run's texts are never markup.
import { createBar } from './bar.js';
import { make } from './dom.js';
import { startFigures } from './figures.js';
import type { Panel } from './panel.js';
import { ROOT_ID } from './payload.js';
import { readData } from './read.js';
import { chartable, Store } from './store.js';

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

/** Views in the order of the page; one that does not apply is not made. */
function createViews(store: Store): readonly Panel[] {
  const many = store.rows > 1 && chartable(store.columns).filter(({ role }) => role !== 'trial').length > 1;
  const views: readonly (Panel | undefined)[] = [
    new TrialTable(store),
    many ? new Scatter(store) : undefined,
    new Detail(store),
    many ? new Parallel(store) : undefined,
    History.create(store),
    Curves.create(store),
    Heat.create(store),
    Pareto.create(store),
    Replicates.create(store),
    Failures.create(store),
    Slices.create(store),
    Importance.create(store),
    Timing.create(store),
  ];
  return views.filter((view) => view !== undefined);
}

/** A narrow view that has no neighbour takes the whole row. */
function fillRows(views: readonly Panel[]): void {
  const narrow = views.filter(({ options }) => options.isWide !== true);
  if (narrow.length % 2 === 1) narrow.at(-1)!.element.classList.add('wide');
}

async function start(root: HTMLElement): Promise<void> {
  const store = new Store(await readData());
  if (store.rows === 0) {
    root.append(make('p', { class: 'empty', text: 'No trial has finished yet.' }));
    return;
  }
  const views = createViews(store);
  fillRows(views);
  const links = views.map(({ options: { id, title } }) =>
    make('a', { text: title, attributes: { href: `#view-${id}` } }),
  );
  const { notes } = store.data.facts;
  root.append(
    createBar(store),
    make('nav', { class: 'views', attributes: { 'aria-label': 'Views' } }, ...links),
    ...(notes.length === 0
      ? []
      : [make('p', { class: 'note', text: `This page holds: ${notes.join('; ')}.` })]),
    make('div', { class: 'board' }, ...views.map(({ element }) => element)),
  );
  if (store.rows === 1) store.select(0);
  window.addEventListener('beforeprint', () => {
    for (const view of views) view.drawNow();
  });
}

startFigures();
const root = document.getElementById(ROOT_ID)!;
start(root).then(
  () => {
    root.dataset.state = 'ready';
  },
  (error: unknown) => {
    root.append(make('p', { class: 'empty', text: `These views cannot be shown: ${String(error)}` }));
    root.dataset.state = 'failed';
  },
);
