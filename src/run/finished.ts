// The finished trials of an epoch in trial order, each once: where a trial was recorded twice the later record counts.
// Whole extents are handed out as places in the journal, unread; only those that share trials are cut into rows.

import { skipRows, skipTrials } from '../trial/lines.js';
import type { Excerpts } from './excerpts.js';
import type { Extents } from './extents.js';

/** Rows that lie in the journal (`at`), or were cut out of it (`bytes`). */
export type Stretch = { readonly at: number; readonly length: number } | { readonly bytes: Uint8Array };

export interface Finished {
  readonly from: number;
  readonly to: number;
  readonly rows: Stretch;
  readonly series: Stretch;
  /** File position of the record's frame. */
  readonly record: number;
}

interface Cutting {
  readonly rows: Uint8Array;
  readonly series: Uint8Array;
  row: number;
  serie: number;
}

/** A stretch is good until the next one is asked for. Memory: the extents that overlap at one place. */
export function* finishedTrials(extents: Extents, excerpts: Excerpts): Generator<Finished> {
  const cut = new Map<number, Cutting>();
  for (const { from, to, extents: here } of extents.pieces()) {
    const winner = here.findLast((i) => extents.at(i).rowsBytes > 0);
    for (const i of here) {
      const extent = extents.at(i);
      if (extent.rowsBytes === 0) continue;
      const { record, rowsAt, rowsBytes, seriesAt, seriesBytes } = extent;
      if (extent.first === from && extents.end(i) === to) {
        if (i !== winner) continue;
        const rows = { at: rowsAt, length: rowsBytes };
        yield { from, to, rows, series: { at: seriesAt, length: seriesBytes }, record };
        continue;
      }
      const cutting = cut.get(i) ?? {
        rows: Uint8Array.from(excerpts.slice(rowsAt, rowsBytes)),
        series: Uint8Array.from(excerpts.slice(seriesAt, seriesBytes)),
        row: 0,
        serie: 0,
      };
      const { row, serie } = cutting;
      cutting.row = skipRows(cutting.rows, row, to - from);
      cutting.serie = skipTrials(cutting.series, serie, from, to);
      if (extents.end(i) === to) cut.delete(i);
      else cut.set(i, cutting);
      if (i !== winner) continue;
      const rows = { bytes: cutting.rows.subarray(row, cutting.row) };
      yield { from, to, rows, series: { bytes: cutting.series.subarray(serie, cutting.serie) }, record };
    }
  }
}

/** The bytes of a stretch: a view that is good until the next read. */
export function readStretch(stretch: Stretch, excerpts: Excerpts): Uint8Array {
  return 'bytes' in stretch ? stretch.bytes : excerpts.slice(stretch.at, stretch.length);
}
