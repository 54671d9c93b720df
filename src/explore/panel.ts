// The frame of a view: its heading, its controls, a canvas, the data behind it as a table, and the picture as a file. A
// view that is not on the screen draws when it comes there.
import { button, make, plainTable, save } from './dom.js';
import type { Change, Store } from './store.js';
import { Surface } from './surface.js';

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface PanelOptions {
  readonly id: string;
  readonly title: string;
  /** How to read it, one sentence. */
  readonly about: string;
  readonly isWide?: boolean;
  /** Changes that make it draw anew. */
  readonly on: readonly Change[];
}

export abstract class Panel {
  readonly store: Store;
  readonly element: HTMLElement;
  readonly options: PanelOptions;
  protected readonly controls = make('div', { class: 'controls' });
  protected readonly body = make('div', { class: 'body' });
  /** What was left out or cannot be drawn. */
  protected readonly note = make('p', { class: 'note', attributes: { 'aria-live': 'polite' } });
  #isShown = false;
  #isStale = true;
  #request = 0;

  constructor(store: Store, options: PanelOptions) {
    this.store = store;
    this.options = options;
    const { id, title, about, isWide = false } = options;
    this.element = make(
      'section',
      {
        class: isWide ? 'view wide' : 'view',
        attributes: { id: `view-${id}`, 'aria-labelledby': `title-${id}` },
      },
      make('h3', { text: title, attributes: { id: `title-${id}` } }),
      make('p', { class: 'about', text: about }),
      this.controls,
      this.body,
      this.note,
    );
    store.listen((change) => {
      if (change === 'columns') this.offer();
      if (change === 'data') this.forget();
      if (options.on.includes(change) || change === 'theme' || change === 'data') this.redraw();
    });
    const watch = new IntersectionObserver(
      ([entry]) => {
        this.#isShown = entry!.isIntersecting;
        if (this.#isShown && this.#isStale) this.redraw();
      },
      { rootMargin: '100px' },
    );
    watch.observe(this.element);
    let width = 0;
    new ResizeObserver(() => {
      if (this.body.clientWidth === width) return;
      width = this.body.clientWidth;
      this.redraw();
    }).observe(this.body);
  }

  /** With the next frame, where it is on the screen. */
  redraw(): void {
    this.#isStale = true;
    if (!this.#isShown || this.#request !== 0) return;
    this.#request = requestAnimationFrame(() => {
      this.#request = 0;
      this.drawNow();
    });
  }

  drawNow(): void {
    this.#isStale = false;
    this.draw();
  }

  protected abstract draw(): void;

  /** There are other columns: what can be chosen is listed anew, what has been chosen stays. */
  protected offer(): void {}

  /** Newer data has come: whatever was made of the old is thrown away. */
  protected forget(): void {}
}

/** A view that is one canvas. */
export abstract class ChartPanel extends Panel {
  protected readonly surface = new Surface();
  /** Whether what is drawn becomes a file: it has no elements over it then. */
  protected isSaving = false;
  readonly #behind = make('details', { class: 'behind' }, make('summary', { text: 'Data behind this view' }));

  constructor(store: Store, options: PanelOptions) {
    super(store, options);
    this.surface.canvas.setAttribute('role', 'img');
    this.surface.canvas.setAttribute('aria-label', options.title);
    this.body.append(this.surface.canvas);
    this.element.append(this.#behind);
    this.#behind.addEventListener('toggle', () => this.#showRows());
    const offer = (kind: string, act: () => void) =>
      button(kind, act, {
        title: `Save this view as ${kind}`,
        attributes: { 'aria-label': `Save ${options.title} as ${kind}` },
      });
    const both = [offer('SVG', () => this.#saveDrawing()), offer('PNG', () => this.#savePicture())];
    this.element.append(make('div', { class: 'save' }, ...both));
  }

  /** What it shows, in words, for those who do not see it. */
  protected abstract describe(): string;
  /** What it shows, as a table. */
  protected abstract rowsBehind(): Rows;

  override drawNow(): void {
    if (this.body.clientWidth === 0) return;
    super.drawNow();
    this.surface.canvas.setAttribute('aria-label', `${this.options.title}: ${this.describe()}`);
    this.#showRows();
  }

  #showRows(): void {
    this.#behind.querySelector('.table')?.remove();
    if (!this.#behind.open) return;
    const { columns, rows } = this.rowsBehind();
    this.#behind.append(plainTable(`Data of ${this.options.title}`, columns, rows.slice(0, BEHIND)));
  }

  #file(end: string): string {
    return `${this.store.data.facts.sweep}-${this.options.id}.${end}`.replaceAll(/[^\w.-]+/g, '-');
  }

  #saveDrawing(): void {
    const { theme, data } = this.store;
    const title = `${this.options.title} (${data.facts.sweep})`;
    this.isSaving = true;
    const text = this.surface.record(title, theme, () => this.draw());
    this.isSaving = false;
    this.drawNow();
    save(this.#file('svg'), new Blob([text], { type: 'image/svg+xml' }));
  }

  #savePicture(): void {
    this.isSaving = true;
    this.drawNow();
    this.isSaving = false;
    const { canvas, ratio } = this.surface;
    const { theme, data } = this.store;
    const whole = make('canvas');
    whole.width = canvas.width;
    whole.height = canvas.height + 28 * ratio;
    const context = whole.getContext('2d')!;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, whole.width, whole.height);
    context.drawImage(canvas, 0, 28 * ratio);
    context.scale(ratio, ratio);
    context.fillStyle = theme.ink;
    context.font = '600 14px system-ui, sans-serif';
    context.fillText(`${this.options.title} (${data.facts.sweep})`, 8, 19, canvas.width / ratio - 16);
    this.drawNow();
    whole.toBlob((blob) => {
      if (blob !== null) save(this.#file('png'), blob);
    });
  }
}

/** Rows that the table behind a view has. */
const BEHIND = 200;
