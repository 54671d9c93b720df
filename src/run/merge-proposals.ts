// Whether runs whose points were proposed are parts of one search: the same number is the same point in all of them. Two
// searches that saw other results went other ways; their trials cannot be put under one row of numbers, whoever is preferred.
import { createHash } from 'node:crypto';
import { SweeplineError } from '../ground/errors.js';
import type { ProposedTrial } from '../trial/selection.js';
import { proposesPoints } from './manifest.js';
import type { Source, Sources } from './merge-sources.js';
import { readRecords } from './read-journal.js';

interface Known {
  readonly source: Source;
  readonly digest: string;
}

/** Throws BAD_USAGE with the first trial that is of two points. */
export function requireOneSearch(sources: Sources): void {
  if (sources.length === 1 || !proposesPoints(sources[0].manifest.sampler)) return;
  const known = new Map<number, Known>();
  for (const source of sources)
    for (const proposed of readProposals(source)) {
      const { trial, replicate, point } = proposed;
      const text = JSON.stringify([replicate, ...Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1))]);
      const digest = createHash('sha256').update(text).digest('base64').slice(0, 16);
      const before = known.get(trial);
      if (before === undefined) known.set(trial, { source, digest });
      else if (before.digest !== digest) throw refuse(proposed, before.source, source);
    }
}

function* readProposals({ path, state, end }: Source): Generator<ProposedTrial> {
  const epoch = state.epochs.length - 1;
  for (const { record, at } of readRecords(path)) {
    if (at >= end) return;
    if (record.t === 'propose' && record.epoch === epoch) yield* record.points;
    // Format 1 told points with their rows.
    else if (record.t === 'rows' && record.epoch === epoch && record.points !== undefined)
      yield* record.points;
  }
}

function refuse({ trial, point }: ProposedTrial, before: Source, source: Source): SweeplineError {
  return new SweeplineError(
    'BAD_USAGE',
    `${before.path} and ${source.path} are two searches: trial ${trial} is another point in each, ${JSON.stringify(point)} in the second`,
    { hint: 'merge parts of one search; `sweepline compare` sets two of them beside each other' },
  );
}
