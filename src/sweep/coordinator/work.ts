// Trials on their way: in the pool, or to be handed to it.
import type { Task } from '../../pool/contract.js';
import type { Continuation } from '../../search/pruning/contract.js';
import { pick, type Selection, trialAt, trialsOf } from '../../trial/selection.js';
import type { Recorder } from './recorder.js';

export interface Work {
  readonly trials: Selection;
  /** Of all of its trials. */
  readonly attempt: number;
  /** How often a host has died of them, or may have. */
  readonly strikes: number;
  /** How often their host was ended from outside while they were alone in it. */
  readonly evictions: number;
  /** How often the machine had no room for their files. */
  readonly troubles: number;
  /** In a process of its own. */
  readonly isApart: boolean;
}

const UNTRIED = { strikes: 0, evictions: 0, troubles: 0, isApart: false };

/** Trials that begin in this session, in parts that are at the same attempt: usually one. */
export function beginWork(
  trials: Selection,
  known: Pick<Recorder, 'hasTried' | 'nextAttempt'>,
): readonly [Work, ...Work[]] {
  const first = { trials, attempt: known.nextAttempt(trialAt(trials, 0)), ...UNTRIED };
  if (!known.hasTried) return [first];
  const byAttempt = new Map<number, Set<number>>();
  for (const trial of trialsOf(trials)) {
    const attempt = known.nextAttempt(trial);
    const those = byAttempt.get(attempt) ?? new Set();
    byAttempt.set(attempt, those.add(trial));
  }
  if (byAttempt.size === 1) return [first];
  const parts = [...byAttempt].map(([attempt, those]) => ({
    trials: pick(trials, (trial) => those.has(trial)),
    attempt,
    ...UNTRIED,
  }));
  return parts as [Work, ...Work[]];
}

/** `from`: how its trial goes on, where it has paused. */
export function toTask(id: number, { attempt, trials, isApart }: Work, from: Continuation | undefined): Task {
  return { id, attempt, trials, ...(isApart ? { isApart } : {}), ...(from === undefined ? {} : { from }) };
}
