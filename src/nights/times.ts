// How long the trials of a run took, by the clock and on the processor. Of the logarithms, so that a trial of a minute and
// one of a second count alike. The clock tells what users wait for; the processor is the better judge of code where
// others want it too.
import { readRecords } from '../run/read-journal.js';
import type { RunState } from '../run/state.js';
import { countNumbers } from '../trial/selection.js';
import type { NightCell } from './record.js';

export const RUN_MS = 'run_ms';
export const CPU_MS = 'cpu_ms';
const TIMES = [RUN_MS, CPU_MS] as const;

export function isTimeName(metric: string): boolean {
  return metric === RUN_MS || metric === CPU_MS;
}

/**
 * Geometric means of the milliseconds a trial, over tasks; a task of several counts with their mean. None where nothing
 * ran, and none of the processor where a task does not know it.
 */
export function readLogTimes(
  folder: string,
  state: RunState,
): Pick<NightCell, 'metric' | 'mean' | 'sd' | 'n'>[] {
  const epoch = state.epochs.length - 1;
  const logs = { [RUN_MS]: new Logs(), [CPU_MS]: new Logs() };
  for (const { record } of readRecords(folder)) {
    if (record.t !== 'rows' || record.epoch !== epoch || record.carried === true) continue;
    for (const time of TIMES) logs[time].add((record[time] ?? 0) / countNumbers(record.trials));
  }
  return TIMES.flatMap((metric) => {
    const { n, mean, squares } = logs[metric];
    if (n === 0 || n < logs[RUN_MS].n) return [];
    return [{ metric, mean: Math.exp(mean), sd: n < 2 ? null : Math.sqrt(squares / (n - 1)), n }];
  });
}

/** Mean and sum of squared deviations of logarithms (Welford 1962). */
class Logs {
  n = 0;
  mean = 0;
  squares = 0;

  add(ms: number): void {
    if (ms <= 0) return;
    const value = Math.log(ms);
    const delta = value - this.mean;
    this.n++;
    this.mean += delta / this.n;
    this.squares += delta * (value - this.mean);
  }
}
