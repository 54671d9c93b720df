// Some trials, in an order: the one way in which trials are named between sampler, coordinator, pool and journal. Plain
// data, because it crosses processes; the functions here are the only place that looks at its kinds.
import type { Point } from '../space/types.js';

/** A trial whose point a sampler proposed; it need not lie in the space. */
export interface ProposedTrial {
  readonly trial: number;
  readonly replicate: number;
  readonly point: Point;
}

/** `range` and `numbers` are trials of the space, named by number; `points` come with what they stand for. */
export type Selection =
  | { readonly kind: 'range'; readonly first: number; readonly count: number }
  | { readonly kind: 'numbers'; readonly numbers: readonly number[] }
  | { readonly kind: 'points'; readonly points: readonly ProposedTrial[] };

/** Trial numbers as the journal keeps them: a range, or a list of different numbers. */
export type TrialNumbers = { readonly first: number; readonly count: number } | readonly number[];

/** No trials. */
export const NO_TRIALS: Selection = { kind: 'numbers', numbers: [] };

/** The trials with these numbers, as short as it can be said. */
export function selectNumbers(numbers: readonly number[]): Selection {
  const first = numbers[0];
  return first !== undefined && numbers.at(-1)! - first === numbers.length - 1 && isAscending(numbers)
    ? { kind: 'range', first, count: numbers.length }
    : { kind: 'numbers', numbers };
}

function isAscending(numbers: readonly number[]): boolean {
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! !== numbers[i - 1]! + 1) return false;
  return true;
}

/** How many trials are named. */
export function countOf(selection: Selection): number {
  switch (selection.kind) {
    case 'range':
      return selection.count;
    case 'numbers':
      return selection.numbers.length;
    case 'points':
      return selection.points.length;
  }
}

/** The number of the i-th trial. */
export function trialAt(selection: Selection, i: number): number {
  switch (selection.kind) {
    case 'range':
      return selection.first + i;
    case 'numbers':
      return selection.numbers[i]!;
    case 'points':
      return selection.points[i]!.trial;
  }
}

/** At most `count` trials from the i-th on. */
export function slice(selection: Selection, i: number, count: number): Selection {
  switch (selection.kind) {
    case 'range':
      return {
        kind: 'range',
        first: selection.first + i,
        count: Math.max(0, Math.min(count, selection.count - i)),
      };
    case 'numbers':
      return { kind: 'numbers', numbers: selection.numbers.slice(i, i + count) };
    case 'points':
      return { kind: 'points', points: selection.points.slice(i, i + count) };
  }
}

/** Two selections that make up this one, the first no longer than the second. */
export function halve(selection: Selection): readonly [Selection, Selection] {
  const half = countOf(selection) >> 1;
  return [slice(selection, 0, half), slice(selection, half, Number.POSITIVE_INFINITY)];
}

/** Those whose number `isWanted`, in the same order. */
export function pick(selection: Selection, isWanted: (trial: number) => boolean): Selection {
  if (selection.kind === 'points') {
    return { kind: 'points', points: selection.points.filter(({ trial }) => isWanted(trial)) };
  }
  const numbers: number[] = [];
  for (const trial of trialsOf(selection)) if (isWanted(trial)) numbers.push(trial);
  return selectNumbers(numbers);
}

/** All without those in `left`; the selection itself where that is none. */
export function without(selection: Selection, left: readonly number[]): Selection {
  if (left.length === 0) return selection;
  const gone = new Set(left);
  return pick(selection, (trial) => !gone.has(trial));
}

/** The numbers, one after another. */
export function* trialsOf(selection: Selection): Generator<number> {
  const count = countOf(selection);
  for (let i = 0; i < count; i++) yield trialAt(selection, i);
}

/** For the journal, which keeps proposed points apart. */
export function numbersOf(selection: Selection): TrialNumbers {
  switch (selection.kind) {
    case 'range':
      return { first: selection.first, count: selection.count };
    case 'numbers':
      return selection.numbers;
    case 'points':
      return selection.points.map(({ trial }) => trial);
  }
}

/** How many trials are named. */
export function countNumbers(trials: TrialNumbers): number {
  return 'first' in trials ? trials.count : trials.length;
}

/** Calls `visit` for every run of consecutive numbers, in the order of the selection. */
export function forEachRun(trials: TrialNumbers, visit: (first: number, count: number) => void): void {
  if ('first' in trials) {
    if (trials.count > 0) visit(trials.first, trials.count);
    return;
  }
  for (let i = 0; i < trials.length; ) {
    let j = i + 1;
    while (j < trials.length && trials[j] === trials[j - 1]! + 1) j++;
    visit(trials[i]!, j - i);
    i = j;
  }
}
