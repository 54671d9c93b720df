// What each worker ran: its attempts laid end to end. timings.csv has no clock, so the gaps between them are not in it.
import { watchPoints } from '../hover.js';
import { formatCell, shorten } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { createScale } from '../scale.js';
import type { Store } from '../store.js';
import { line } from '../surface.js';
import type { Column, Table } from '../table.js';

const LANE = 22;

interface Bar {
  readonly row: number;
  readonly lane: number;
  readonly from: number;
  readonly to: number;
  readonly isBad: boolean;
}

interface Lane {
  readonly name: string;
  busy: number;
  attempts: number;
}

export class Timing extends ChartPanel {
  #bars: readonly Bar[];
  #lanes: readonly Lane[];
  readonly #hover;

  static create(store: Store): Timing | undefined {
    const { attempts } = store.data;
    if (attempts === undefined || attempts.rows < 2) return undefined;
    const { bars, lanes } = layOut(store, attempts);
    return lanes.length === 0 || lanes.every(({ busy }) => busy === 0)
      ? undefined
      : new Timing(store, bars, lanes);
  }

  constructor(store: Store, bars: readonly Bar[], lanes: readonly Lane[]) {
    super(store, {
      id: 'timing',
      title: 'Time by worker',
      isWide: true,
      about:
        'Each worker’s attempts in the order of trials, laid end to end; time between them is not recorded. Failed ones have a dark edge.',
      on: ['filter', 'selection', 'colour'],
    });
    this.#bars = bars;
    this.#lanes = lanes;
    const run = store.find('run_ms', 'run');
    this.#hover = watchPoints(this.surface.canvas, {
      store,
      columns: () => (run === undefined ? [] : [run]),
    });
  }

  protected override forget(): void {
    const { attempts } = this.store.data;
    if (attempts === undefined) return;
    const { bars, lanes } = layOut(this.store, attempts);
    this.#bars = bars;
    this.#lanes = lanes;
  }

  protected draw(): void {
    const { store, surface } = this;
    const width = this.body.clientWidth;
    const context = surface.begin(width, this.#lanes.length * LANE + 50);
    const { theme, paint, mask } = store;
    const longest = Math.max(...this.#lanes.map(({ busy }) => busy));
    const isLong = longest >= 120_000;
    const unit = isLong ? 60_000 : longest >= 2000 ? 1000 : 1;
    const scale = createScale(timeColumn(longest / unit), {});
    const left = Math.min(
      width * 0.3,
      Math.max(60, ...this.#lanes.map(({ name }) => context.measureText(shorten(name, 22)).width)) + 10,
    );
    const right = width - 12;
    const start = scale.place(0);
    const x = (ms: number) => left + ((scale.place(ms / unit) - start) / (1 - start)) * (right - left);
    const bottom = this.#lanes.length * LANE + 8;
    for (const { at, label } of scale.ticks((right - left) / 70)) {
      const place = left + ((at - start) / (1 - start)) * (right - left);
      if (place < left - 1) continue;
      context.strokeStyle = theme.rule;
      line(context, [place, 6], [place, bottom]);
      context.fillStyle = theme.muted;
      context.textAlign = 'center';
      context.textBaseline = 'top';
      context.fillText(label, place, bottom + 4);
    }
    context.fillStyle = theme.ink;
    context.fillText(
      `busy [${isLong ? 'min' : unit === 1000 ? 's' : 'ms'}]`,
      (left + right) / 2,
      bottom + 22,
    );
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const [i, { name }] of this.#lanes.entries())
      context.fillText(shorten(name, 22), left - 7, 8 + (i + 0.5) * LANE, left - 8);
    const places = { xs: new Float32Array(store.rows).fill(Number.NaN), ys: new Float32Array(store.rows) };
    const rows: number[] = [];
    for (const { row, lane, from, to, isBad } of this.#bars) {
      const [a, b] = [x(from), x(to)];
      const y = 8 + lane * LANE;
      context.fillStyle = mask[row] === 1 ? paint.css[paint.of[row]!]! : theme.context;
      context.fillRect(a, y + 3, Math.max(0.7, b - a - (b - a > 4 ? 1 : 0)), LANE - 6);
      if (isBad && b - a > 2) {
        context.strokeStyle = theme.ink;
        context.strokeRect(a + 0.5, y + 3.5, b - a - 1.5, LANE - 7);
      }
      places.xs[row] = (a + b) / 2;
      places.ys[row] = y + LANE / 2;
      rows.push(row);
    }
    for (const [i, chosen] of store.selected.entries()) {
      const bar = this.#bars.find(({ row }) => row === chosen);
      if (bar === undefined) continue;
      context.strokeStyle = store.selectionColour(i);
      context.lineWidth = 2.5;
      context.strokeRect(
        x(bar.from) - 1,
        9 + bar.lane * LANE,
        Math.max(3, x(bar.to) - x(bar.from)) + 1,
        LANE - 2,
      );
      context.lineWidth = 1;
    }
    this.#hover.update(places, Int32Array.from(new Set(rows)));
  }

  protected describe(): string {
    return `${this.#bars.length} attempts on ${this.#lanes.length} workers`;
  }

  protected rowsBehind(): Rows {
    return {
      columns: ['worker', 'attempts', 'busy [s]'],
      rows: this.#lanes.map(({ name, attempts, busy }) => [name, String(attempts), (busy / 1000).toFixed(2)]),
    };
  }
}

function layOut(
  store: Store,
  { rows, columns }: Table,
): { readonly bars: readonly Bar[]; readonly lanes: readonly Lane[] } {
  const [trial, worker, host, time, status] = columns;
  const lanes = new Map<string, Lane & { readonly place: number }>();
  const manyHosts = host!.labels.length > 1;
  const bars: Bar[] = [];
  const found = new Map<string, number>();
  for (let i = 0; i < rows; i++) {
    const row = store.rowOf(trial!.values[i]!);
    const ms = time!.values[i]!;
    if (row === undefined || Number.isNaN(ms) || Number.isNaN(worker!.values[i]!)) continue;
    const key = `${host!.values[i]} ${worker!.values[i]}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      const name = `worker ${worker!.values[i]}${manyHosts ? ` of ${formatCell(host!, host!.values[i]!)}` : ''}`;
      lane = { name, busy: 0, attempts: 0, place: found.size };
      found.set(key, found.size);
      lanes.set(key, lane);
    }
    bars.push({
      row,
      lane: lane.place,
      from: lane.busy,
      to: lane.busy + ms,
      isBad: formatCell(status!, status!.values[i]!) !== 'ok',
    });
    lane.busy += ms;
    lane.attempts++;
  }
  return { bars, lanes: [...lanes.values()] };
}

/** A column of time for the axis alone. */
function timeColumn(high: number): Column {
  return {
    id: -1,
    name: 'busy',
    role: 'run',
    kind: 'number',
    values: new Float64Array(0),
    labels: [],
    low: 0,
    high,
    distinct: undefined,
    goal: undefined,
    unit: undefined,
    about: undefined,
  };
}
