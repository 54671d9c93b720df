// How long the trials of a run took: the spread of ln(ms), so that a trial of a minute and one of a second count alike.
import { readRecords } from '../run/read-journal.js';
import type { RunState } from '../run/state.js';
import { countNumbers } from '../trial/selection.js';
import type { NightCell } from './record.js';

/** Geometric mean of the milliseconds a trial, over tasks; a task of several counts with their mean. Null: nothing ran. */
export function readLogTimes(folder: string, state: RunState): Pick<NightCell, 'mean' | 'sd' | 'n'> | null {
  const epoch = state.epochs.length - 1;
  let [n, mean, squares] = [0, 0, 0];
  for (const { record } of readRecords(folder)) {
    if (record.t !== 'rows' || record.epoch !== epoch || record.carried === true || record.run_ms <= 0)
      continue;
    const value = Math.log(record.run_ms / countNumbers(record.trials));
    n++;
    const delta = value - mean;
    mean += delta / n;
    squares += delta * (value - mean);
  }
  if (n === 0) return null;
  return { mean: Math.exp(mean), sd: n < 2 ? null : Math.sqrt(squares / (n - 1)), n };
}
