// The script of report.html: reads the run that the page carries, and shows the views that apply to it. Nothing here asks
// the network for anything, and a run's texts are never markup.
import { createBoard } from './board.js';
import { make } from './dom.js';
import { startFigures } from './figures.js';
import { ROOT_ID } from './payload.js';
import { readData } from './read.js';
import { Store } from './store.js';

async function start(root: HTMLElement): Promise<void> {
  const store = new Store(await readData());
  if (store.rows === 0) root.append(make('p', { class: 'empty', text: 'No trial has finished yet.' }));
  else createBoard(root, store);
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
