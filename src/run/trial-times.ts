// How long the trials of a run took, and on what: from its journal. Of a trial that ran more than once the last row counts.
import { countNumbers, forEachRun } from '../trial/selection.js';
import { readRecords } from './read-journal.js';

export interface Times {
  /** Milliseconds by trial, of those that ran alone: of trials that ran in one task only their sum is known. */
  readonly of: ReadonlyMap<number, number>;
  /** Processor time of the same, where it is known. */
  readonly cpuOf: ReadonlyMap<number, number>;
  /** Of all trials; null where none has run. */
  readonly meanMs: number | null;
  readonly hosts: ReadonlySet<string>;
  /** How many threads ran them. */
  readonly workers: number;
}

/** Rows that were taken over from another epoch have no time. */
export function readTimes(folder: string, epoch: number): Times {
  const of = new Map<number, number>();
  const cpuOf = new Map<number, number>();
  const hosts = new Set<string>();
  const workers = new Set<string>();
  let [ms, trials] = [0, 0];
  for (const { record } of readRecords(folder)) {
    if (record.t !== 'rows' || record.epoch !== epoch || record.carried === true) continue;
    const count = countNumbers(record.trials);
    ms += record.run_ms;
    trials += count;
    hosts.add(record.host);
    workers.add(`${record.host} ${record.worker}`);
    forEachRun(record.trials, (first, length) => {
      if (count === 1) {
        of.set(first, record.run_ms);
        if (record.cpu_ms !== undefined) cpuOf.set(first, record.cpu_ms);
      } else for (let trial = first; trial < first + length; trial++) of.delete(trial);
    });
  }
  return { of, cpuOf, meanMs: trials === 0 ? null : ms / trials, hosts, workers: workers.size };
}
