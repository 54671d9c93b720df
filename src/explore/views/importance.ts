// Which parameters matter: how much of a metric's variance each explains, as it was found when the page was written. A
// filter does not change it.
import { select } from '../dom.js';
import { formatNumber, shorten, squeeze } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import type { MetricImportance } from '../payload.js';
import type { Store } from '../store.js';
import { type Frame, line } from '../surface.js';
import type { Column } from '../table.js';
import { hideTip, showLines } from '../tip.js';
import { walkMarks } from '../walk.js';

const ROW = 26;
const TOP = 8;
/** Less important ones are in the table behind the view. */
const MOST = 40;

const METHODS: Readonly<Record<MetricImportance['method'], string>> = {
  anova: 'Exact on the whole grid (analysis of variance) of',
  fanova: 'A random forest’s (fANOVA), over',
  'ped-anova': 'How the top tenth differs from all (PED-ANOVA), of',
};

const isTop = ({ method }: MetricImportance) => method === 'ped-anova';

export class Importance extends ChartPanel {
  #of: MetricImportance;

  static create(store: Store): Importance | undefined {
    const { importances } = store.data.facts;
    return importances.length === 0 ? undefined : new Importance(store, importances);
  }

  constructor(store: Store, all: readonly MetricImportance[]) {
    super(store, {
      id: 'importance',
      title: 'Parameter importance',
      about:
        'The share of the metric’s variance that each parameter explains, with its 95 % interval; of a search also how much each decides whether a configuration is among the best. A click puts the parameter on the x axis of “Any two columns”.',
      on: ['parameter'],
    });
    this.#of = all[0]!;
    this.controls.append(
      select(
        'metric',
        all.map((value) => ({ label: isTop(value) ? `${value.metric}: the best` : value.metric, value })),
        this.#of,
        (chosen) => {
          this.#of = chosen;
          this.redraw();
        },
      ),
    );
    const { canvas } = this.surface;
    canvas.addEventListener('pointermove', (event) => {
      const at = this.#at(event);
      canvas.style.cursor = at === undefined ? '' : 'pointer';
      if (at === undefined) hideTip();
      else showLines(event, [this.#shown[at]!.name, this.#tell(at)]);
    });
    canvas.addEventListener('pointerleave', hideTip);
    canvas.addEventListener('click', (event) => {
      const at = this.#at(event);
      if (at !== undefined) this.#choose(at);
    });
    walkMarks(canvas, {
      count: () => this.#shown.length,
      box: (at) => this.#box(at),
      tell: (at) => `${this.#shown[at]!.name}: ${this.#tell(at)}`,
      act: (at) => this.#choose(at),
    });
  }

  protected override forget(): void {
    const { importances } = this.store.data.facts;
    this.#of =
      importances.find((each) => each.metric === this.#of.metric && isTop(each) === isTop(this.#of)) ??
      this.#of;
  }

  get #shown(): MetricImportance['parameters'] {
    return this.#of.parameters.slice(0, MOST);
  }

  #at(event: MouseEvent): number | undefined {
    const row = Math.floor((event.clientY - this.surface.canvas.getBoundingClientRect().top - TOP) / ROW);
    return row >= 0 && row < this.#shown.length ? row : undefined;
  }

  #box(at: number): Frame {
    return { left: 2, top: TOP + at * ROW, width: this.surface.width - 4, height: ROW };
  }

  #tell(at: number): string {
    const { share, low, high } = this.#shown[at]!;
    const percent = (value: number) => `${formatNumber(value * 100, 3)} %`;
    return `${percent(share)}${low === null || high === null ? '' : ` (${percent(low)} to ${percent(high)})`}`;
  }

  /** Of several that always move together, the first has the place of all. */
  #choose(at: number): void {
    const { name } = this.#shown[at]!;
    const column = [name, ...name.split('+')]
      .map((each) => this.store.find(each, 'axis'))
      .find((each): each is Column => each !== undefined);
    if (column !== undefined) this.store.lookAt(column);
  }

  protected draw(): void {
    const { surface, store } = this;
    const { theme } = store;
    const shown = this.#shown;
    const width = this.body.clientWidth;
    const context = surface.begin(width, TOP + shown.length * ROW + 42);
    const most = Math.max(12, Math.floor((width * 0.4) / 6.6));
    const names = shown.map(({ name }) => squeeze(name, most));
    const left = Math.min(
      width * 0.42,
      Math.max(40, ...names.map((name) => context.measureText(name).width)) + 14,
    );
    const right = width - 54;
    const top = Math.max(...shown.map(({ share, high }) => Math.max(share, high ?? 0)), 0.05);
    const x = (share: number) => left + (share / top) * (right - left);
    this.#drawScale(context, { left, right, top, bottom: TOP + shown.length * ROW });
    for (const [i, { name, share, low, high }] of shown.entries()) {
      const y = TOP + (i + 0.5) * ROW;
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      context.fillStyle = theme.ink;
      context.fillText(names[i]!, left - 8, y, left - 10);
      const isChosen = store.parameter !== undefined && name.split('+').includes(store.parameter.name);
      context.fillStyle = theme.accent;
      context.globalAlpha = isChosen ? 1 : 0.65;
      context.fillRect(left, y - 8, Math.max(1, x(share) - left), 16);
      context.globalAlpha = 1;
      context.strokeStyle = theme.ink;
      context.lineWidth = 1.5;
      if (low !== null && high !== null) {
        line(context, [x(low), y], [x(high), y]);
        for (const end of [low, high]) line(context, [x(end), y - 4], [x(end), y + 4]);
      }
      context.lineWidth = 1;
      context.textAlign = 'left';
      context.fillStyle = theme.ink;
      context.fillText(`${formatNumber(share * 100, 2)} %`, x(Math.max(share, high ?? 0)) + 6, y);
    }
    this.note.textContent = this.#describeData();
  }

  #drawScale(
    context: CanvasRenderingContext2D,
    {
      left,
      right,
      top,
      bottom,
    }: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
  ): void {
    const { theme } = this.store;
    const step =
      [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5].find((each) => top / each <= (right - left) / 60) ?? 1;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (let i = 0; i * step <= top + 1e-9; i++) {
      const place = Math.round(left + ((i * step) / top) * (right - left)) + 0.5;
      context.strokeStyle = theme.rule;
      line(context, [place, TOP], [place, bottom]);
      context.fillStyle = theme.muted;
      context.fillText(`${Math.round(i * step * 100)} %`, place, bottom + 5);
    }
    context.fillStyle = theme.ink;
    const title = isTop(this.#of)
      ? `decides who is in the top tenth by ${this.#of.metric}`
      : `explains of the variance of ${this.#of.metric}`;
    context.fillText(shorten(title, Math.floor((right - left) / 6.4)), (left + right) / 2, bottom + 23);
  }

  /** How it was found, what is not explained, and what is not shown. */
  #describeData(): string {
    const { method, configurations, sampled, parameters, pruned } = this.#of;
    const rest = 1 - parameters.reduce((sum, { share }) => sum + share, 0);
    const count = (n: number) => n.toLocaleString('en-US');
    const of =
      sampled < configurations
        ? `a sample of ${count(sampled)} of ${count(configurations)} configurations`
        : `${count(configurations)} configurations`;
    const left =
      pruned === 0
        ? ''
        : isTop(this.#of)
          ? ` and ${count(pruned)} pruned ones`
          : ` that were not pruned, no fair sample of all: ${count(pruned)} are left out`;
    return [
      `${METHODS[method]} ${of}${left}`,
      ...(rest > 0.005
        ? [`${formatNumber(rest * 100, 2)} % is explained by no single parameter or pair`]
        : []),
      ...(parameters.length > MOST ? [`the first ${MOST} of ${parameters.length} parameters are drawn`] : []),
    ].join('; ');
  }

  protected describe(): string {
    return this.#shown
      .slice(0, 3)
      .map(({ name }, i) => `${name} ${this.#tell(i)}`)
      .join(', ');
  }

  protected rowsBehind(): Rows {
    const { metric, method, parameters } = this.#of;
    const cell = (value: number | null) => (value === null ? '' : formatNumber(value, 4));
    return {
      columns: ['parameter', 'metric', 'importance', 'low', 'high', 'method'],
      rows: parameters.map(({ name, share, low, high }) => [
        ...[name, metric, cell(share), cell(low), cell(high), method],
      ]),
    };
  }
}
