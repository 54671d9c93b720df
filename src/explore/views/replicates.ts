// Configurations that ran with several seeds: the mean of each with its 95 % interval, and the single trials.
import { select } from '../dom.js';
import { watchPoints } from '../hover.js';
import { formatCell, formatNumber, type Summary, shorten, summarise, titleOf } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { createScale, prefersLog } from '../scale.js';
import { objectiveOf, type Store } from '../store.js';
import { line } from '../surface.js';
import type { Column } from '../table.js';
import { metricsOf } from './history.js';

const MOST = 40;
const ROW = 24;

interface Configuration {
  readonly label: string;
  readonly rows: number[];
  readonly summary: Summary;
}

export class Replicates extends ChartPanel {
  #metric: Column;
  #isMax: boolean;
  #shown: readonly Configuration[] = [];
  readonly #hover;
  #groups: Groups;

  static create(store: Store): Replicates | undefined {
    const metrics = metricsOf(store);
    const replicate = store.find('replicate', 'trial');
    if (metrics.length === 0 || replicate === undefined || !(replicate.high > replicate.low))
      return undefined;
    return new Replicates(store, metrics);
  }

  constructor(store: Store, metrics: readonly Column[]) {
    super(store, {
      id: 'replicates',
      title: 'Configurations, with their noise',
      about: 'The bar is the 95 % interval of the mean (Student’s t), the small points are single trials.',
      on: ['filter', 'selection', 'colour'],
    });
    this.#metric = objectiveOf(metrics) ?? metrics[0]!;
    this.#isMax = this.#metric.goal === 'max';
    this.#groups = groupRows(store.rows, this.#axes());
    this.#hover = watchPoints(this.surface.canvas, { store, columns: () => [this.#metric, ...this.#axes()] });
    this.#makeControls(metrics);
  }

  #makeControls(metrics: readonly Column[]): void {
    this.controls.append(
      select(
        'metric',
        metrics.map((value) => ({ label: value.name, value })),
        this.#metric,
        (metric) => {
          this.#metric = metric;
          this.#isMax = metric.goal === 'max';
          this.redraw();
        },
      ),
    );
  }

  protected override offer(): void {
    this.controls.replaceChildren();
    this.#makeControls(metricsOf(this.store));
  }

  protected override forget(): void {
    this.#groups = groupRows(this.store.rows, this.#axes());
  }

  #axes(): readonly Column[] {
    return this.store.columns.filter(({ role, low, high }) => role === 'axis' && high > low);
  }

  #configurations(): Configuration[] {
    const axes = this.#axes();
    const { values } = this.#metric;
    const { rows, mask } = this.store;
    const { of, count } = this.#groups;
    const lists = Array.from({ length: count }, () => [] as number[]);
    for (let row = 0; row < rows; row++)
      if (mask[row] === 1 && Number.isFinite(values[row]!)) lists[of[row]!]!.push(row);
    const label = (row: number) =>
      axes
        .flatMap((axis) => (Number.isNaN(axis.values[row]!) ? [] : [formatCell(axis, axis.values[row]!, 4)]))
        .join(' · ') || 'all trials';
    return lists
      .filter((list) => list.length > 0)
      .map((list) => ({
        rows: list,
        summary: summarise(list.map((row) => values[row]!)),
        get label() {
          return label(list[0]!);
        },
      }));
  }

  protected draw(): void {
    const { store, surface } = this;
    const all = this.#configurations().sort((a, b) =>
      this.#isMax ? b.summary.mean - a.summary.mean : a.summary.mean - b.summary.mean,
    );
    this.#shown = all.slice(0, MOST);
    const width = this.body.clientWidth;
    const context = surface.begin(width, this.#shown.length * ROW + 64);
    const { theme, paint } = store;
    const ends = this.#shown.flatMap(({ rows, summary }) =>
      [...rows.map((row) => this.#metric.values[row]!), summary.low, summary.high].filter(Number.isFinite),
    );
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const scale = createScale(this.#metric, { low, high, log: prefersLog(this.#metric) && low > 0 });
    const most = Math.max(12, Math.floor((width * 0.4) / 6.6));
    const left = Math.min(
      width * 0.45,
      Math.max(40, ...this.#shown.map(({ label }) => context.measureText(shorten(label, most)).width)) + 12,
    );
    const right = width - 14;
    const x = (value: number) => left + scale.place(value) * (right - left);
    const bottom = this.#shown.length * ROW + 22;
    context.textBaseline = 'top';
    context.textAlign = 'left';
    context.fillStyle = theme.muted;
    const names = this.#axes().map(({ name }) => name);
    context.fillText(shorten(names.join(' · '), Math.floor(width / 7)), 4, 1);
    context.textAlign = 'center';
    for (const { at, label } of scale.ticks((right - left) / 70)) {
      const place = left + at * (right - left);
      context.strokeStyle = theme.rule;
      line(context, [place, 18], [place, bottom]);
      context.fillStyle = theme.muted;
      context.fillText(label, place, bottom + 5);
    }
    context.fillStyle = theme.ink;
    context.fillText(titleOf(this.#metric) + (scale.log ? ' (log)' : ''), (left + right) / 2, bottom + 23);
    const places = { xs: new Float32Array(store.rows).fill(Number.NaN), ys: new Float32Array(store.rows) };
    const drawn: number[] = [];
    for (const [i, { label, rows, summary }] of this.#shown.entries()) {
      const y = 18 + (i + 0.5) * ROW;
      context.fillStyle = theme.ink;
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      context.fillText(shorten(label, most), left - 8, y, left - 10);
      context.strokeStyle = theme.ink;
      context.lineWidth = 2;
      const [from, to] = [x(summary.low), x(summary.high)];
      if (!Number.isNaN(from) && !Number.isNaN(to)) {
        line(context, [from, y], [to, y]);
        line(context, [from, y - 4], [from, y + 4]);
        line(context, [to, y - 4], [to, y + 4]);
      }
      for (const row of rows) {
        [places.xs[row], places.ys[row]] = [x(this.#metric.values[row]!), y];
        drawn.push(row);
        const chosen = store.selected.indexOf(row);
        context.fillStyle = chosen >= 0 ? store.selectionColour(chosen) : paint.css[paint.of[row]!]!;
        context.globalAlpha = chosen >= 0 ? 1 : 0.75;
        dot(context, places.xs[row]!, y, chosen >= 0 ? 5.5 : 3.2);
      }
      context.globalAlpha = 1;
      context.fillStyle = theme.paper;
      context.strokeStyle = theme.ink;
      dot(context, x(summary.mean), y, 4.5);
      context.stroke();
      context.lineWidth = 1;
    }
    this.#hover.update(places, Int32Array.from(drawn));
    this.note.textContent =
      all.length > MOST
        ? `The best ${MOST} of ${all.length.toLocaleString('en-US')} configurations, by their mean.`
        : '';
  }

  protected describe(): string {
    const best = this.#shown[0];
    return best === undefined
      ? 'no value'
      : `best mean ${titleOf(this.#metric)} ${formatNumber(best.summary.mean, 4)} at ${best.label}`;
  }

  protected rowsBehind(): Rows {
    const rows = this.#shown.map(({ label, summary: { n, mean, low, high } }) => [
      label,
      ...[mean, low, high].map((value) => formatNumber(value, 5)),
      String(n),
    ]);
    return {
      columns: ['configuration', `mean ${this.#metric.name}`, '95 % low', '95 % high', 'trials'],
      rows,
    };
  }
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

interface Groups {
  /** Number of each row's configuration. */
  readonly of: Int32Array;
  readonly count: number;
}

/** Once for a run: a filter does not change which trials have equal parameters. */
function groupRows(rows: number, axes: readonly Column[]): Groups {
  const of = new Int32Array(rows);
  let count = Math.min(1, rows);
  for (const { values } of axes) {
    const known = new Map<string, number>();
    for (let row = 0; row < rows; row++) {
      const key = `${of[row]} ${values[row]}`;
      let group = known.get(key);
      if (group === undefined) {
        group = known.size;
        known.set(key, group);
      }
      of[row] = group;
    }
    count = known.size;
  }
  return { of, count };
}
