// A sampler decides what runs next; it runs nothing and remembers nothing that the journal does not. Two samplers with the
// same options that are told the same results, in whatever order, propose the same trials with the same numbers.
import type { PointTrial, TaskResult } from '../../pool/contract.js';

/** Trials for one task, at most as many as asked for. */
export type Proposal =
  | { readonly kind: 'range'; readonly first: number; readonly count: number }
  | { readonly kind: 'trials'; readonly trials: readonly number[] }
  | { readonly kind: 'points'; readonly points: readonly PointTrial[] };

export interface Sampler {
  /** Trials of this run in all, those done included; null where it depends on the results. */
  readonly total: number | null;
  /** Left out by the constraint or as duplicates; null where the space is too large to count. */
  readonly excluded: number | null;
  /** 'wait': nothing until more results are told. 'end': nothing ever again. */
  next(limit: number): Proposal | 'wait' | 'end';
  /** Metrics of the trials that a task ended with, by trial; called once a trial. Absent: the sampler does not listen. */
  tell?(trial: number, metrics: ReadonlyMap<string, string>): void;
}

/** How many trials a proposal or result is about. */
export function countTrialsOf(proposal: Proposal): number {
  return proposal.kind === 'range'
    ? proposal.count
    : proposal.kind === 'trials'
      ? proposal.trials.length
      : proposal.points.length;
}

export type { TaskResult };
