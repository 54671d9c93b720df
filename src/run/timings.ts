// timings.csv: one row an attempt of a trial, in the order of trials and attempts. Of a block, each trial's run_ms is
// its part and queue_ms the block's. Milliseconds are rounded to microseconds.
import { formatCell } from '../ground/csv.js';
import type { PlainError } from '../ground/errors.js';
import type { FileStream } from '../ground/stream.js';
import { countNumbers } from '../trial/selection.js';
import type { Excerpts, Header } from './excerpts.js';
import type { Extents } from './extents.js';
import type { AttemptRecord } from './records.js';

/** The columns in order, with their types. */
export const TIMING_COLUMNS = {
  trial: 'integer',
  attempt: 'integer',
  worker: 'integer',
  host: 'string',
  device: 'string',
  queue_ms: 'number',
  run_ms: 'number',
  status: 'string',
  error: 'string',
} as const;

/** Rows joined to one text before they become bytes. */
const BATCH = 2048;

export async function writeTimings(extents: Extents, excerpts: Excerpts, file: FileStream): Promise<void> {
  for (const { from, to, extents: here } of extents.pieces()) {
    if (here.length === 1) {
      const header = excerpts.header(extents.at(here[0]!).record);
      const rows = timingRows(header);
      for (let first = from; first < to; first += BATCH) {
        file.appendText(rows(first, Math.min(first + BATCH, to)));
        const breath = file.breathe();
        if (breath !== undefined) await breath;
      }
      continue;
    }
    const attempts = here.map((i) => timingRows(excerpts.header(extents.at(i).record)));
    for (let trial = from; trial < to; trial++) {
      for (const rows of attempts) file.appendText(rows(trial, trial + 1));
    }
  }
}

/** The text of the rows of trials [from, to) of one record. */
function timingRows({ record, notes }: Header): (from: number, to: number) => string {
  const cells = [
    record.attempt,
    record.worker,
    record.host,
    record.device === '' ? null : record.device, // a lost attempt has none
    roundMs(record.queue_ms),
    roundMs(record.run_ms / countNumbers(record.trials)),
  ];
  const middle = `,${cells.map(formatCell).join(',')},`;
  const usual =
    record.t === 'rows' ? `${middle}ok,\n` : `${middle}${statusOf(record)},${errorCell(record.error)}\n`;
  return (from, to) => {
    let text = '';
    for (let trial = from; trial < to; trial++) {
      const note = notes.size === 0 ? undefined : notes.get(trial);
      text += trial + (note === undefined ? usual : `${middle}${note.status},${errorCell(note.error)}\n`);
    }
    return text;
  };
}

/** One that parked is one that stopped: whether it went on, the rows after it tell. */
function statusOf({ status }: AttemptRecord): string {
  return status === 'parked' ? 'stopped' : status;
}

function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function errorCell(error: PlainError | undefined): string {
  return error === undefined ? '' : formatCell(describeError(error));
}

/** `TypeError: x is not a function`; the name is left out where it says nothing. */
export function describeError(error: PlainError): string {
  const isPlain = error.name === 'Error' || error.name === 'SweeplineError';
  return isPlain ? error.message : `${error.name}: ${error.message}`;
}
