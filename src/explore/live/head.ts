// The head of a run's page: state, progress, what is best, what each thread runs, and the buttons.
import { formatCount, formatDuration } from '../../ground/text.js';
import { button, copy, make } from '../dom.js';
import { clock } from './clock.js';
import type { RequestView, RunView, ThreadView } from './contract.js';
import { compareAddress, request } from './server.js';
import { badge, bar, describeAge, describeBad, describeDone, describeProgress } from './words.js';

/** Threads in the page. */
const THREADS = 256;

export class Head {
  readonly element = make('section', { class: 'run', attributes: { 'aria-label': 'Run' } });
  readonly #run: string;
  readonly #title = make('h1');
  readonly #state = make('div', { class: 'state' });
  readonly #buttons = make('div', { class: 'tools' });
  readonly #said = make('p', { class: 'note', attributes: { role: 'status' } });
  readonly #progress = make('div', { class: 'progress' });
  readonly #answer = make('dl', { class: 'answer' });
  /** Trials that were asked to stop. */
  readonly #asked = new Set<number>();
  readonly #threads = make('details', { class: 'threads' });
  /** Of each thread, how long it has been busy. */
  #times: readonly HTMLElement[] = [];
  /** What each part shows: one that shows the same already is left alone, and keeps its focus. */
  readonly #shown = new Map<HTMLElement, string>();

  constructor(run: string) {
    this.#run = run;
    this.#threads.open = true;
    this.element.append(
      ...[this.#title, this.#state, this.#progress, this.#buttons, this.#said, this.#answer, this.#threads],
    );
  }

  show(view: RunView): void {
    const { phase, title, path, sweep, created, coordinator, threads, resume } = view;
    this.#fill(this.#title, title || sweep, () => [title || sweep]);
    this.#fill(this.#state, [phase, path, coordinator, describeAge(created, clock.now())], () => [
      badge(phase),
      make('span', { text: path || view.runId }),
      make('span', {
        class: 'small',
        text: created === '' ? '' : `begun ${describeAge(created, clock.now())}`,
        title: created,
      }),
      coordinator === null
        ? undefined
        : make('span', { class: 'small', text: `process ${coordinator.pid} on ${coordinator.host}` }),
    ]);
    this.#fill(this.#progress, [view.progress, view.counts, view.stages], () => this.#describeProgress(view));
    this.#fill(this.#buttons, [phase, resume], () => this.#createButtons(view));
    this.#fill(this.#answer, view.answer, () =>
      view.answer.flatMap(([label, text]) => [make('dt', { text: label }), make('dd', { text })]),
    );
    this.#threads.hidden = threads.length === 0;
    // Times alone change every second: a button under a finger must not be replaced for them.
    const busy = threads.map(({ ms: _, ...thread }) => thread);
    this.#fill(this.#threads, [busy, view.workers], () => this.#createThreads(view));
    for (const [i, time] of this.#times.entries()) time.textContent = formatDuration(threads[i]!.ms);
  }

  #fill(part: HTMLElement, what: unknown, create: () => readonly (Node | string | undefined)[]): void {
    const text = JSON.stringify(what);
    if (this.#shown.get(part) === text) return;
    this.#shown.set(part, text);
    const focused = part.contains(document.activeElement) ? document.activeElement?.id : undefined;
    part.replaceChildren(...create().filter((child) => child !== undefined));
    if (focused) document.getElementById(focused)?.focus();
  }

  #describeProgress({ progress, counts, total, stages }: RunView): readonly HTMLElement[] {
    const isStage = progress?.stage !== undefined;
    const done = isStage || progress === null ? counts.done : progress.done;
    const all = isStage || progress === null ? total : progress.total;
    const words = [describeDone(done, all), ...describeBad(counts)];
    const more = progress === null ? [] : describeProgress(progress);
    const running = stages.map(({ name, done: ended, failed }) => {
      const its = progress?.stage === name ? progress : undefined;
      const text = [
        `stage ${name}: ${describeDone(its?.done ?? ended, its?.total ?? null)}`,
        ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
        ...(its === undefined ? [] : more),
      ];
      return make(
        'div',
        { class: 'stage' },
        its === undefined ? undefined : bar(its.done, its.total, `Progress of stage ${name}`),
        make('span', { text: text.join(' · ') }),
      );
    });
    // A stage that has not written its first trial yet.
    if (isStage && stages.every(({ name }) => name !== progress.stage))
      running.push(make('div', { class: 'stage', text: [`stage ${progress.stage}`, ...more].join(' · ') }));
    return [
      bar(done, all, 'Progress of the run'),
      make('p', { text: [...words, ...(isStage ? [] : more)].join(' · ') }),
      ...running,
    ];
  }

  #createButtons({ phase, resume, path }: RunView): readonly (HTMLElement | undefined)[] {
    const act = (id: string, text: string, what: RequestView) =>
      button(text, () => void this.#ask(what), { attributes: { id } });
    const isGoing = phase === 'running' || phase === 'paused' || phase === 'stopping';
    return [
      phase === 'running' ? act('pause', 'Pause', { do: 'pause' }) : undefined,
      phase === 'paused' ? act('continue', 'Continue', { do: 'continue' }) : undefined,
      isGoing ? act('stop', phase === 'stopping' ? 'Stop at once' : 'Stop', { do: 'stop' }) : undefined,
      make('a', { text: 'Compare with another run', attributes: { href: compareAddress(path, '') } }),
      resume === null ? undefined : this.#createCommand(resume),
    ];
  }

  #createCommand(text: string): HTMLElement {
    const said = make('span', { class: 'said', attributes: { role: 'status' } });
    const act = () => {
      void copy(text).then((done) => {
        said.textContent = done ? 'copied' : 'the browser refused';
      });
    };
    return make(
      'span',
      { class: 'command' },
      'To resume it: ',
      make('code', { text }),
      ' ',
      button('Copy', act, { attributes: { id: 'copy-resume' } }),
      ' ',
      said,
    );
  }

  #createThreads({ threads, workers }: RunView): readonly HTMLElement[] {
    const head = ['thread', 'runs', 'parameters', 'for', ''].map((text, i) =>
      i === 4
        ? make('th', { attributes: { scope: 'col', 'aria-label': 'Stop' } })
        : make('th', { text, attributes: { scope: 'col' } }),
    );
    const shown = threads.slice(0, THREADS);
    this.#times = shown.map(() => make('td'));
    const rows = shown.map((thread, i) => this.#createThread(thread, this.#times[i]!));
    const hidden = threads.length - rows.length;
    return [
      make('summary', {
        text: `${formatCount(threads.length)} of ${formatCount(workers)} worker threads busy${hidden > 0 ? `; the first ${THREADS} are shown` : ''}`,
      }),
      make(
        'div',
        { class: 'table', attributes: { tabindex: '0', role: 'region', 'aria-label': 'Worker threads' } },
        make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows)),
      ),
    ];
  }

  #createThread(
    { host, process, thread, trial, trials, params }: ThreadView,
    time: HTMLElement,
  ): HTMLElement {
    const what = `trial ${trial}${trials === 1 ? '' : ` and ${formatCount(trials - 1)} after it`}`;
    const stop = button('Stop', () => {
      void this.#ask({ do: 'stop-trial', trial, ...(this.#asked.has(trial) ? { force: true } : {}) });
      this.#asked.add(trial);
      name();
    });
    stop.id = `stop-${trial}`;
    // A trial that does not listen ends with its process only.
    const name = () => {
      const isAsked = this.#asked.has(trial);
      stop.textContent = isAsked ? 'Kill' : 'Stop';
      stop.title = isAsked ? 'Others in its process begin again' : '';
      stop.setAttribute('aria-label', `${isAsked ? 'Kill' : 'Stop'} trial ${trial}`);
    };
    name();
    const cells = [`${host} ${process}/${thread}`, what, params].map((text) => make('td', { text }));
    return make('tr', {}, ...cells, time, make('td', {}, stop));
  }

  async #ask(what: RequestView): Promise<void> {
    const verb = what.do === 'stop-trial' && what.force ? 'kill' : 'stop';
    const name = what.do === 'stop-trial' ? `${verb} trial ${what.trial}` : what.do;
    this.#said.textContent = `${name} …`;
    try {
      const taken = await request(this.#run, what);
      this.#said.textContent = taken ? `${name}: asked` : `${name}: the run has not answered; ask again`;
    } catch (error) {
      this.#said.textContent = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
