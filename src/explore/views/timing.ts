// What each worker ran, and when: from start to end by the clock where the run's journal kept one, with the gaps between;
// else its attempts laid end to end.
import { select } from '../dom.js';
import { type Lanes, layOut, type Shown, shorten as shortenBreaks } from '../lanes.js';
import { formatNumber, shorten } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { createScale, type Scale } from '../scale.js';
import type { Store } from '../store.js';
import { line } from '../surface.js';
import type { Column, Table } from '../table.js';
import { hideTip, showTrial } from '../tip.js';
import { walkMarks } from '../walk.js';

const LANE = 22;
const TOP = 8;

interface Axis {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly scale: Scale;
  readonly unit: Unit;
  readonly shown: Shown;
  x(ms: number): number;
}

export class Timing extends ChartPanel {
  #byClock: boolean;
  #lanes: Lanes;
  #axis: Axis | undefined;

  static create(store: Store): Timing | undefined {
    const { attempts } = store.data;
    if (attempts === undefined || attempts.rows < 2) return undefined;
    const { lanes } = layOut(store, attempts, false);
    return lanes.every(({ busy }) => busy === 0) ? undefined : new Timing(store, attempts);
  }

  constructor(store: Store, table: Table) {
    super(store, {
      id: 'timing',
      title: 'Time by worker',
      isWide: true,
      about:
        'A bar is an attempt at a trial; failed ones have a dark edge. By the clock, a gap is time in which the worker ran nothing; runs of before it was kept have their attempts end to end.',
      on: ['filter', 'selection', 'colour'],
    });
    const hasClock = store.data.facts.began !== null;
    this.#byClock = hasClock;
    this.#lanes = layOut(store, table, hasClock);
    const choices = [
      { label: 'by the clock', value: true },
      { label: 'end to end', value: false },
    ];
    if (hasClock)
      this.controls.append(
        select('attempts', choices, true, (byClock) => {
          this.#byClock = byClock;
          this.#lanes = layOut(store, table, byClock);
          this.redraw();
        }),
      );
    const run = store.find('run_ms', 'run');
    const { canvas } = this.surface;
    canvas.addEventListener('pointermove', (event) => {
      const row = this.#find(event);
      if (row === undefined) hideTip();
      else showTrial(event, store, row, run === undefined ? [] : [run]);
    });
    canvas.addEventListener('pointerleave', hideTip);
    canvas.addEventListener('click', (event) => {
      const row = this.#find(event);
      if (row !== undefined) store.select(row, event.ctrlKey || event.metaKey || event.shiftKey);
    });
    walkMarks(canvas, {
      count: () => this.#lanes.bars.length,
      box: (at) => this.#box(at),
      tell: (at) => this.#tell(at),
      act: (at, beside) => store.select(this.#lanes.bars[at]!.row, beside),
    });
  }

  protected override forget(): void {
    const { attempts } = this.store.data;
    if (attempts !== undefined) this.#lanes = layOut(this.store, attempts, this.#byClock);
  }

  /** The trial of the bar under the pointer, or of one beside it. */
  #find(event: MouseEvent): number | undefined {
    if (this.#axis === undefined) return undefined;
    const box = this.surface.canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    const at = Math.floor((event.clientY - box.top - TOP) / LANE);
    let found: number | undefined;
    let least = 5;
    for (const { row, lane, from, to } of this.#lanes.bars) {
      if (lane !== at) continue;
      const distance = Math.max(this.#axis.x(from) - x, x - this.#axis.x(to), 0);
      if (distance < least) [found, least] = [row, distance];
    }
    return found;
  }

  #box(at: number) {
    const { lane, from, to } = this.#lanes.bars[at]!;
    const left = this.#axis!.x(from);
    return {
      left,
      top: TOP + 2 + lane * LANE,
      width: Math.max(3, this.#axis!.x(to) - left),
      height: LANE - 4,
    };
  }

  #tell(at: number): string {
    const { row, lane, from, to, isBad } = this.#lanes.bars[at]!;
    const how = `${formatNumber(to - from, 4)} ms${isBad ? ', not ok' : ''}`;
    return `Trial ${this.store.numberOf(row)}, ${this.#lanes.lanes[lane]!.name}, ${how}`;
  }

  protected draw(): void {
    const { store, surface } = this;
    const { lanes, bars } = this.#lanes;
    const width = this.body.clientWidth;
    const context = surface.begin(width, lanes.length * LANE + 50);
    const { theme } = store;
    const axis = this.#makeAxis(context, width);
    this.#axis = axis;
    this.#drawAxis(context, axis);
    context.fillStyle = theme.ink;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const [i, { name }] of lanes.entries())
      context.fillText(shorten(name, 22), axis.left - 7, TOP + (i + 0.5) * LANE, axis.left - 8);
    this.#drawBars(context, axis);
    for (const [i, chosen] of store.selected.entries()) {
      context.strokeStyle = store.selectionColour(i);
      context.lineWidth = 2.5;
      for (const [at, { row }] of bars.entries()) {
        if (row !== chosen) continue;
        const { left, top, width: wide, height } = this.#box(at);
        context.strokeRect(left - 1, top - 1, wide + 2, height + 2);
      }
      context.lineWidth = 1;
    }
    const idle = lanes.reduce((sum, { busy, span }) => sum + Math.max(0, span - busy), 0);
    const span = lanes.reduce((sum, lane) => sum + lane.span, 0);
    this.note.textContent =
      this.#byClock && span > 0
        ? `The workers ran something ${formatNumber((100 * (span - idle)) / span, 3)} % of the time between their first attempt and their last.`
        : '';
  }

  #drawBars(context: CanvasRenderingContext2D, axis: Axis): void {
    const { theme, paint, mask } = this.store;
    for (const { row, lane, from, to, isBad } of this.#lanes.bars) {
      const [a, b] = [axis.x(from), axis.x(to)];
      const y = TOP + lane * LANE;
      context.fillStyle = mask[row] === 1 ? paint.css[paint.of[row]!]! : theme.context;
      context.fillRect(a, y + 3, Math.max(0.7, b - a - (b - a > 4 ? 1 : 0)), LANE - 6);
      if (isBad) {
        context.strokeStyle = theme.ink;
        // One that is too short for an edge has a line, also where it took no time that is known.
        if (b - a > 2) context.strokeRect(a + 0.5, y + 3.5, b - a - 1.5, LANE - 7);
        else line(context, [b, y + 1], [b, y + LANE - 1]);
      }
    }
  }

  #makeAxis(context: CanvasRenderingContext2D, width: number): Axis {
    const { lanes } = this.#lanes;
    const shown = shortenBreaks(this.#lanes);
    const unit = unitOf(shown.end);
    const scale = createScale(timeColumn(shown.end / unit.ms), {});
    const widths = lanes.map(({ name }) => context.measureText(shorten(name, 22)).width);
    const left = Math.min(width * 0.3, Math.max(60, ...widths) + 10);
    const right = width - 12;
    const start = scale.place(0);
    const x = (ms: number) =>
      left + ((scale.place(shown.at(ms) / unit.ms) - start) / (1 - start)) * (right - left);
    return { left, right, bottom: lanes.length * LANE + TOP, scale, unit, shown, x };
  }

  #drawAxis(context: CanvasRenderingContext2D, { left, right, bottom, scale, unit, shown, x }: Axis): void {
    const { theme, data } = this.store;
    const { breaks } = this.#lanes;
    const start = scale.place(0);
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const { at, label } of scale.ticks((right - left) / 70)) {
      const place = left + ((at - start) / (1 - start)) * (right - left);
      if (place < left - 1) continue;
      context.strokeStyle = theme.rule;
      line(context, [place, 6], [place, bottom]);
      context.fillStyle = theme.muted;
      context.fillText(label, place, bottom + 4);
    }
    context.setLineDash([3, 3]);
    context.strokeStyle = theme.muted;
    for (const { from, to } of breaks)
      for (const edge of [from, to]) line(context, [x(edge), 2], [x(edge), bottom]);
    context.setLineDash([]);
    context.fillStyle = theme.ink;
    const began = data.facts.began;
    const since =
      this.#byClock && began !== null
        ? `since ${new Date(began).toISOString().slice(0, 19).replace('T', ' ')} UTC`
        : 'busy';
    const cut = breaks.reduce((sum, { from, to }) => sum + to - from, 0);
    const without =
      cut === 0 ? '' : `, without ${formatTime(cut - breaks.length * shown.width)} between the dashed lines`;
    context.fillText(
      shorten(`${since} [${unit.name}]${without}`, Math.floor((right - left) / 6.2)),
      (left + right) / 2,
      bottom + 22,
    );
  }

  protected describe(): string {
    const { bars, lanes } = this.#lanes;
    return `${bars.length} attempts on ${lanes.length} workers`;
  }

  protected rowsBehind(): Rows {
    const seconds = (ms: number) => (ms / 1000).toFixed(2);
    const rows = this.#lanes.lanes.map(({ name, attempts, busy, span }) => [
      ...[name, String(attempts), seconds(busy)],
      ...(this.#byClock ? [seconds(Math.max(0, span - busy))] : []),
    ]);
    return { columns: ['worker', 'attempts', 'busy [s]', ...(this.#byClock ? ['idle [s]'] : [])], rows };
  }
}

interface Unit {
  readonly name: string;
  readonly ms: number;
}

function unitOf(longest: number): Unit {
  if (longest >= 7_200_000) return { name: 'h', ms: 3_600_000 };
  if (longest >= 120_000) return { name: 'min', ms: 60_000 };
  return longest >= 2000 ? { name: 's', ms: 1000 } : { name: 'ms', ms: 1 };
}

function formatTime(ms: number): string {
  const { name, ms: one } = unitOf(ms);
  return `${formatNumber(ms / one, 3)} ${name}`;
}

/** A column of time for the axis alone. */
function timeColumn(high: number): Column {
  return {
    ...{ id: -1, name: 'time', role: 'run', kind: 'number' },
    ...{ values: new Float64Array(0), labels: [], low: 0, high },
    ...{ distinct: undefined, goal: undefined, unit: undefined, about: undefined },
  };
}
