// Reads the results of trials that have ended and have no row yet, and what those have reported that have stopped at a rung.
import type { Epoch } from './epoch.js';
import { Excerpts } from './excerpts.js';
import type { AttemptRecord, EndedRecord } from './records.js';

export interface HeldTrial {
  readonly record: EndedRecord;
  /** Of trials.csv, had it not been pruned, and of metrics.csv. */
  readonly rows: Uint8Array;
  readonly series: Uint8Array;
}

/** By trial. */
export function readHeld(folder: string, { held }: Epoch): Map<number, HeldTrial> {
  const found = new Map<number, HeldTrial>();
  const places = held.all();
  if (places.size === 0) return found;
  const excerpts = new Excerpts(folder);
  try {
    for (const [trial, { record, bodyAt }] of places) {
      const { rowsBytes, seriesBytes } = record;
      const rows = Uint8Array.from(excerpts.slice(bodyAt, rowsBytes));
      const series = Uint8Array.from(excerpts.slice(bodyAt + rowsBytes, seriesBytes));
      found.set(trial, { record, rows, series });
    }
  } finally {
    excerpts.close();
  }
  return found;
}

export interface ParkedTrial {
  readonly record: AttemptRecord;
  /** Of metrics.csv. */
  readonly series: Uint8Array;
}

/** By trial. */
export function readParked(folder: string, { parked }: Epoch): Map<number, ParkedTrial> {
  const found = new Map<number, ParkedTrial>();
  const places = parked.all();
  if (places.size === 0) return found;
  const excerpts = new Excerpts(folder);
  try {
    for (const [trial, { record, place }] of places)
      found.set(trial, { record, series: Uint8Array.from(excerpts.slice(place.at, place.length)) });
  } finally {
    excerpts.close();
  }
  return found;
}
