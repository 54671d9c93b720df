// Curves of trials as a pruner sees them: one series out of rows of metrics.csv, and those rows up to a step.

import type { Epoch } from '../../run/epoch.js';
import { Excerpts } from '../../run/excerpts.js';
import { finishedTrials, readStretch } from '../../run/finished.js';
import { readParked } from '../../run/read-held.js';
import type { PrunerSpec } from '../../search/pruning/contract.js';
import { orient } from '../../search/pruning/rules.js';

export interface CurvePoint {
  readonly trial: number;
  readonly step: number;
  /** Oriented: less is better. */
  readonly value: number;
}

/** Reads rows of metrics.csv; those without the series are left out. */
export type CurveReader = (rows: Uint8Array) => Generator<CurvePoint>;

const decoder = new TextDecoder();

export function createCurveReader(spec: PrunerSpec, series: readonly string[]): CurveReader {
  // Before them stand the trial and the step; no cell of the file has a comma.
  const place = 2 + series.indexOf(spec.metric);
  return function* read(rows) {
    for (const line of decoder.decode(rows).split('\n')) {
      const cells = line.split(',', place + 1);
      const cell = cells[place];
      if (cell === undefined || cell === '') continue;
      yield { trial: Number(cells[0]), step: Number(cells[1]), value: orient(Number(cell), spec) };
    }
  };
}

/** The points of every trial that has ended, by trial. */
export function readCurves(folder: string, epoch: Epoch, read: CurveReader): Map<number, CurvePoint[]> {
  const curves = new Map<number, CurvePoint[]>();
  if (epoch.doneCount === 0) return curves;
  const excerpts = new Excerpts(folder);
  try {
    for (const { series } of finishedTrials(epoch.extents, excerpts)) {
      for (const point of read(readStretch(series, excerpts))) {
        const known = curves.get(point.trial);
        if (known === undefined) curves.set(point.trial, [point]);
        else known.push(point);
      }
    }
  } finally {
    excerpts.close();
  }
  return curves;
}

/** The points of every trial by trial, those that have not ended included, as far as the journal has them. */
export function readKnownCurves(
  folder: string,
  epoch: Epoch,
  read: CurveReader,
): Map<number, readonly CurvePoint[]> {
  const curves: Map<number, readonly CurvePoint[]> = readCurves(folder, epoch, read);
  const paused = readParked(folder, epoch);
  const excerpts = new Excerpts(folder);
  try {
    for (const { trial, places } of epoch.reports.all()) {
      const before = [...read(paused.get(trial)?.series ?? new Uint8Array())];
      const last = before.at(-1)?.step ?? Number.NEGATIVE_INFINITY;
      const since = places.flatMap(({ at, length }) => [...read(excerpts.slice(at, length))]);
      curves.set(trial, [...before, ...since.filter(({ step }) => step > last)]);
    }
  } finally {
    excerpts.close();
  }
  return curves;
}

/** The rows of one trial up to a step; undefined where they do not get there. */
export function cutSeries(rows: Uint8Array, step: number): Uint8Array | undefined {
  const text = decoder.decode(rows);
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at) + 1;
    if (end === 0) return undefined;
    const found = Number(text.slice(at, end).split(',', 2)[1]);
    // Digits, commas and names of numbers: a character is a byte.
    if (found === step) return rows.subarray(0, end);
    if (found > step) return undefined;
    at = end;
  }
  return undefined;
}

/** Rows of a trial up to where it paused, and those of what came after that lie behind them. */
export function joinSeries(before: Uint8Array, after: Uint8Array): Uint8Array {
  const last = Number(decoder.decode(before).trimEnd().split('\n').at(-1)!.split(',', 2)[1]);
  const text = decoder.decode(after);
  let at = 0;
  while (at < text.length && Number(text.slice(at, text.indexOf('\n', at)).split(',', 2)[1]) <= last)
    at = text.indexOf('\n', at) + 1;
  return Buffer.concat([before, after.subarray(at)]);
}
