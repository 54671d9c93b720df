// What earlier sessions have left of trials that a pruner looks at: curves of those that have their rows, results that wait
// for theirs, and what those had reported that paused. Each is forgotten once its trial has taken it up.
import type { TaskResult } from '../../pool/contract.js';
import type { Epoch } from '../../run/epoch.js';
import { type HeldTrial, type ParkedTrial, readHeld, readParked } from '../../run/read-held.js';
import { type CurveReader, type ReadCurve, readCurves } from './curves.js';

interface EarlierResult {
  /** `ended`: it waits for its row; `parked`: it goes on once it may. */
  readonly state: 'ended' | 'parked';
  readonly attempt: number;
  /** As the pool brought it. */
  readonly result: TaskResult;
}

export class Earlier {
  readonly #curves: Map<number, ReadCurve>;
  readonly #held: Map<number, HeldTrial>;
  readonly #parked: Map<number, ParkedTrial>;

  constructor(folder: string, epoch: Epoch, read: CurveReader) {
    this.#curves = readCurves(folder, epoch, read);
    this.#held = readHeld(folder, epoch);
    this.#parked = readParked(folder, epoch);
  }

  /** The last step of a trial that has its row; null where it has none. */
  lastStepOf(trial: number): number | null {
    return this.#curves.get(trial)?.steps.at(-1) ?? null;
  }

  takeCurve(trial: number): ReadCurve | undefined {
    const curve = this.#curves.get(trial);
    this.#curves.delete(trial);
    return curve;
  }

  /** Rows of metrics.csv of a trial that paused, and has not been taken up; undefined of others. */
  rowsOf(trial: number): Uint8Array | undefined {
    return this.#parked.get(trial)?.series;
  }

  /** Whether there may be results to take up. */
  get hasResults(): boolean {
    return this.#held.size + this.#parked.size > 0;
  }

  takeResult(trial: number): EarlierResult | undefined {
    const held = this.#held.get(trial);
    const parked = this.#parked.get(trial);
    this.#held.delete(trial);
    this.#parked.delete(trial);
    if (held !== undefined)
      return { state: 'ended', attempt: held.record.attempt, result: endedResult(held) };
    if (parked === undefined) return undefined;
    return { state: 'parked', attempt: parked.record.attempt, result: parkedResult(trial, parked) };
  }
}

function endedResult({ record, rows, series }: HeldTrial): TaskResult {
  const { notes, worker: thread, host, device, queue_ms: queueMs, run_ms: runMs, cpu_ms } = record;
  const ran = { thread, host, device, queueMs, runMs, cpuMs: cpu_ms ?? null };
  return { id: -1, left: [], rows, series, notes, ...ran };
}

/** Its times are told: it has not run since. */
function parkedResult(trial: number, { record, series }: ParkedTrial): TaskResult {
  const { worker: thread, host, device, rung: pausedAt } = record;
  const paused = pausedAt === undefined ? {} : { pausedAt };
  const left = [{ trial, hasBegun: true, partial: { series }, ...paused }];
  const ran = { thread, host, device, queueMs: 0, runMs: 0, cpuMs: null };
  return { id: -1, left, rows: new Uint8Array(), series: new Uint8Array(), notes: [], ...ran };
}
