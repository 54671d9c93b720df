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

/** A whole curve; values oriented. */
export interface ReadCurve {
  readonly steps: number[];
  readonly values: number[];
}

/** The curve of every trial that has ended, by trial. */
export function readCurves(folder: string, epoch: Epoch, read: CurveReader): Map<number, ReadCurve> {
  const curves = new Map<number, ReadCurve>();
  if (epoch.doneCount === 0) return curves;
  const excerpts = new Excerpts(folder);
  try {
    for (const { series } of finishedTrials(epoch.extents, excerpts)) {
      for (const { trial, step, value } of read(readStretch(series, excerpts))) {
        const curve = curves.get(trial) ?? { steps: [], values: [] };
        if (curve.steps.length === 0) curves.set(trial, curve);
        curve.steps.push(step);
        curve.values.push(value);
      }
    }
  } finally {
    excerpts.close();
  }
  return curves;
}

/** The same with those of trials that have not ended, as far as the journal has them. */
export function readKnownCurves(folder: string, epoch: Epoch, read: CurveReader): Map<number, ReadCurve> {
  const curves = readCurves(folder, epoch, read);
  const paused = readParked(folder, epoch);
  const excerpts = new Excerpts(folder);
  try {
    for (const { trial, places } of epoch.reports.all()) {
      const curve: ReadCurve = { steps: [], values: [] };
      const parts = places.map(({ at, length }) => Uint8Array.from(excerpts.slice(at, length)));
      for (const rows of [paused.get(trial)?.series ?? new Uint8Array(), ...parts])
        addPoints(curve, read(rows));
      curves.set(trial, curve);
    }
  } finally {
    excerpts.close();
  }
  return curves;
}

/** What is known already does not count twice. */
function addPoints({ steps, values }: ReadCurve, points: Iterable<CurvePoint>): void {
  for (const { step, value } of points) {
    if (steps.length > 0 && step <= steps.at(-1)!) continue;
    steps.push(step);
    values.push(value);
  }
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
