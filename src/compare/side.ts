// One of the runs that are compared: its rows as columns of numbers, grouped into configurations. Reads the journal, so
// that a run that goes on or was stopped can be compared as well.
import { Numbers } from '../answer/columns.js';
import { formatOf, readRowCells } from '../run/history.js';
import { readTimes } from '../run/trial-times.js';
import type { Metric } from '../trial/metrics.js';
import { FIRST_AXIS, statusPlace } from '../trial/row.js';
import type { Described } from './described.js';
import type { Identify } from './identity.js';
import type { TimesSummary } from './times.js';

/** Trials that differ in nothing but replicate and seed. */
export interface ConfigurationRows {
  /** The least trial, and its key. */
  trial: number;
  key: string;
  /** Of trials.csv, as they stand there. */
  readonly axes: readonly string[];
  /** Positions of its trials in the columns. */
  readonly rows: number[];
}

export const ENDED = { otherwise: 0, ok: 1, badly: 2 } as const;
const BADLY: ReadonlySet<string> = new Set(['failed', 'timeout', 'skipped']);

export interface Side extends Described {
  /** By identity, in the order of their first trials. */
  readonly configurations: ReadonlyMap<string, ConfigurationRows>;
  /** Of each trial that has ended. */
  readonly seed: Numbers;
  /** One of `ENDED`. */
  readonly ended: Numbers;
  /** By metric: booleans are 0 and 1, NaN is no value. */
  readonly values: ReadonlyMap<string, Numbers>;
  /** Milliseconds of each; NaN where they are not known. */
  readonly runMs: Numbers;
  readonly times: TimesSummary;
}

/** Reads the rows, with the columns of these metrics. */
export function readSide(run: Described, metrics: readonly Metric[], identify: Identify): Side {
  const { folder, status, record } = run;
  const { epoch, epochs } = status.state;
  const format = formatOf(epoch);
  const place = statusPlace(format);
  const { of, cpuOf: _, ...rest } = readTimes(folder, epochs.length - 1);
  const columns = metrics.map(({ name, type }) => {
    const at = record.worker.metrics.findIndex((metric) => metric.name === name);
    return { name, isBoolean: type === 'boolean', at: place + 1 + at, numbers: new Numbers() };
  });
  const [seed, ended, runMs] = [new Numbers(), new Numbers(), new Numbers()];
  const configurations = new Map<string, ConfigurationRows>();
  const byCells = new Map<string, ConfigurationRows>();
  for (const cells of readRowCells(folder, epoch)) {
    const trial = Number(cells[0]);
    const found = find(cells, trial);
    found.rows.push(seed.length);
    seed.push(Number(cells[3]));
    const how = cells[place]!;
    ended.push(how === 'ok' ? ENDED.ok : BADLY.has(how) ? ENDED.badly : ENDED.otherwise);
    runMs.push(of.get(trial) ?? Number.NaN);
    for (const { isBoolean, at, numbers } of columns) {
      const cell = cells[at]!;
      numbers.push(cell === '' ? Number.NaN : isBoolean ? Number(cell === 'true') : Number(cell));
    }
  }
  const values = new Map(columns.map(({ name, numbers }) => [name, numbers]));
  return { ...run, configurations, seed, ended, values, runMs, times: { ...rest, own: of.size } };

  /** Trials come in order: the first of a configuration is its least. */
  function find(cells: readonly string[], trial: number): ConfigurationRows {
    const axes = cells.slice(FIRST_AXIS, place);
    const text = axes.join(',');
    let found = byCells.get(text);
    if (found === undefined) {
      const identity = identify(axes);
      found = configurations.get(identity);
      if (found === undefined) {
        found = { trial, key: ownText(cells[1]!), axes: axes.map(ownText), rows: [] };
        configurations.set(identity, found);
      }
      byCells.set(text, found);
    }
    return found;
  }
}

/** A part of a text keeps the whole of it in memory: the rows of a record, for one cell. Short parts are copies anyway. */
function ownText(text: string): string {
  return text.length < 13 ? text : Buffer.from(text).toString();
}
