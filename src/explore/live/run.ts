// A run's page: what it does at this moment, what can be asked of it, and the views of its trials, which follow as they
// finish.
import { createBoard } from '../board.js';
import { make } from '../dom.js';
import { ROOT_ID } from '../payload.js';
import { Store } from '../store.js';
import { createBanner } from './banner.js';
import { clock } from './clock.js';
import type { DataEvent, RunView } from './contract.js';
import { listen } from './events.js';
import { Head } from './head.js';
import { fetchData } from './server.js';

/** Newer data is fetched at most so often, and the page draws for at most a part of the time. */
const EVERY_MS = 400;
const PAUSES = 3;

export function showRun(root: HTMLElement, run: string): void {
  const banner = createBanner();
  const head = new Head(run);
  const explore = make('div', { attributes: { id: ROOT_ID } });
  const feed = new Feed(run, explore, (text) => banner.say(text));
  root.replaceChildren(
    make('nav', { class: 'crumbs' }, make('a', { text: 'All runs', attributes: { href: '/' } })),
    banner.element,
    head.element,
    explore,
  );
  listen(`/api/events?run=${encodeURIComponent(run)}`, {
    onConnection: banner.onConnection,
    on: {
      run: (data) => {
        const view = data as RunView;
        document.title = `${view.sweep}: ${view.phase} - Sweepline`;
        banner.say(view.error ?? '');
        head.show(view);
      },
      data: (data) => feed.want((data as DataEvent).version),
    },
  });
}

/** Fetches data and shows it, one at a time; what comes meanwhile is fetched once. */
class Feed {
  readonly #run: string;
  readonly #root: HTMLElement;
  readonly #say: (text: string) => void;
  #store: Store | undefined;
  #wanted = 0;
  #has = 0;
  #isBusy = false;

  constructor(run: string, root: HTMLElement, say: (text: string) => void) {
    this.#run = run;
    this.#root = root;
    this.#say = say;
    root.append(make('p', { class: 'empty', text: 'No trial has finished yet.' }));
  }

  want(version: number): void {
    this.#wanted = version;
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (this.#has !== this.#wanted) {
        const version = this.#wanted;
        const began = clock.elapsed();
        const data = await fetchData(this.#run);
        this.#show(data);
        this.#has = version;
        // With the next frame the views are drawn.
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        this.#root.dataset.version = String(version);
        const pause = Math.max(EVERY_MS, (clock.elapsed() - began) * PAUSES);
        await new Promise((done) => setTimeout(done, pause));
      }
    } catch (error) {
      this.#say(`The trials cannot be shown: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#isBusy = false;
    }
  }

  #show(data: ConstructorParameters<typeof Store>[0]): void {
    if (this.#store !== undefined) {
      this.#store.renew(data);
      return;
    }
    if (data.trials.rows === 0) return;
    this.#store = new Store(data);
    this.#root.replaceChildren();
    createBoard(this.#root, this.#store);
  }
}
