// The lines of the parallel coordinates where there are too many to draw each: all trials in grey behind, kept until the
// axes change, and those that pass in front. While a brush moves they are drawn coarsely, and once more when it rests.
import type { Paint } from './colour.js';
import { type Area, Density, type Lines } from './density.js';
import type { Axis } from './parallel-head.js';
import { everyRow } from './rows.js';
import type { Store } from './store.js';
import { createPicture, type Surface } from './surface.js';

/** Above so many, a draft is worth it. */
const DRAFT = 10_000;
const REST_MS = 160;

export interface DenseOptions {
  readonly store: Store;
  readonly surface: Surface;
  /** Room above and below the axes. */
  readonly top: number;
  readonly bottom: number;
  redraw(): void;
}

export class DenseLines {
  readonly #options: DenseOptions;
  readonly #density = new Density();
  #behind: { readonly name: string; readonly picture: HTMLCanvasElement } | undefined;
  #isHasty = false;
  #rest = 0;

  constructor(options: DenseOptions) {
    this.#options = options;
    options.store.listen((change) => {
      if (change === 'filter') this.#isHasty = true;
    });
  }

  /** The trials are others now. */
  forget(): void {
    this.#behind = undefined;
  }

  /** All trials in grey. */
  drawContext(axes: readonly Axis[]): void {
    const { surface, store } = this.#options;
    const { width, height } = surface.canvas;
    const order = axes.map(({ column, log, invert }) => `${column.id} ${log} ${invert}`);
    const name = [width, height, store.theme.context, ...order].join();
    if (this.#behind?.name !== name) {
      const picture = createPicture(width, height);
      this.#density.draw(picture.pixels, this.#linesOf(axes, everyRow(store), undefined), this.#area());
      this.#behind = { name, picture: picture.show() };
    }
    const { context } = surface;
    context.globalAlpha = 0.55;
    context.drawImage(this.#behind.picture, 0, 0, surface.width, surface.height);
    context.globalAlpha = 1;
  }

  /** `isLast`: what is drawn stays, and is not drawn again. */
  draw(axes: readonly Axis[], rows: Int32Array, isLast: boolean): void {
    const { surface, store, redraw } = this.#options;
    const { width, height } = surface.canvas;
    const isDraft = rows.length > DRAFT && this.#isHasty && !isLast;
    const picture = surface.picture(width, height);
    this.#density.draw(picture.pixels, this.#linesOf(axes, rows, store.paint), this.#area(), isDraft);
    surface.context.drawImage(picture.show(), 0, 0, surface.width, surface.height);
    clearTimeout(this.#rest);
    this.#isHasty = false;
    if (isDraft) this.#rest = setTimeout(redraw, REST_MS);
  }

  #linesOf(axes: readonly Axis[], rows: Int32Array, paint: Paint | undefined): Lines {
    const { surface, store } = this.#options;
    const { ratio } = surface;
    const gaps = axes.slice(1).map((axis, i) => ({
      from: axes[i]!.steps,
      to: axis.steps,
      left: axes[i]!.x * ratio,
      right: axis.x * ratio,
    }));
    return { gaps, rows, paint, plain: paint === undefined ? store.theme.context : store.theme.accent };
  }

  #area(): Area {
    const { surface, top, bottom } = this.#options;
    const { ratio, canvas } = surface;
    const { width, height } = canvas;
    const low = Math.round((surface.height - bottom) * ratio);
    return { width, height, top: Math.round(top * ratio), bottom: low };
  }
}
