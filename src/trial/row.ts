// Reads metrics back out of rows of trials.csv. The metrics are the last columns, so axes need not be known.
import type { WorkerDescription } from '../worker/define.js';

const decoder = new TextDecoder();

export function* readMetrics(
  rows: Uint8Array,
  worker: Pick<WorkerDescription, 'metrics'>,
): Generator<{
  readonly trial: number;
  readonly key: string;
  readonly status: string;
  readonly metrics: ReadonlyMap<string, string>;
}> {
  for (const cells of readRows(decoder.decode(rows))) {
    const first = cells.length - worker.metrics.length;
    const metrics = new Map(worker.metrics.map(({ name }, i) => [name, cells[first + i]!]));
    yield { trial: Number(cells[0]), key: cells[1]!, status: cells[first - 1]!, metrics };
  }
}

/** Rows of RFC 4180 as `formatRow` writes them. */
function* readRows(text: string): Generator<string[]> {
  if (!text.includes('"')) {
    for (const line of text.split('\n')) if (line !== '') yield line.split(',');
    return;
  }
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\n') {
      yield row;
      row = [];
    }
  }
}
