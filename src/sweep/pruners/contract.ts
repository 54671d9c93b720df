// What the pruning of a run is given, and what the coordinator does for it.
import type { TaskResult } from '../../pool/contract.js';
import type { Journal } from '../../run/journal.js';
import type { PrunerSpec } from '../../search/pruning/contract.js';
import type { TrialStore } from '../../trial/store.js';
import type { Recorder } from '../coordinator/recorder.js';
import type { Work } from '../coordinator/work.js';
import type { ProposedPopulation } from './population.js';

export interface PruningOptions {
  readonly spec: PrunerSpec;
  readonly seed: number;
  /** Trials that a round of a race has added: they are to run to their end, and nobody is held against them. */
  readonly isFurther: (trial: number) => boolean;
  /** Those of the worker. */
  readonly series: readonly string[];
  readonly folder: string;
  readonly journal: Journal;
  readonly population: ProposedPopulation;
  /** What trials have kept before it was known that it does not count. */
  readonly store: Pick<TrialStore, 'dropArtifacts' | 'dropCheckpoint'>;
  /** Trials that have ended and run again all the same. */
  readonly retried: ReadonlySet<number>;
  /** The sampler is told what came of its trials: it wants to hear of those of earlier sessions too. */
  readonly listens: boolean;
  /** How often a trial is tried again that has failed. */
  readonly retries: number;
  /** Hears of checkpoints that nobody needs any more. */
  readonly onSpent?: ((names: readonly string[]) => void) | undefined;
  readonly onWarning: (text: string) => void;
  readonly recorder: Pick<
    Recorder,
    'hold' | 'park' | 'recordLost' | 'isToRetry' | 'hasTried' | 'nextAttempt'
  >;
}

/** What the coordinator does for it. */
export interface PruningHelper {
  /** Asks a trial to stop that runs. */
  stop(trial: number): void;
  /** Takes the result of a trial that has waited; resolves when it is on disk. */
  record(work: Work, result: TaskResult): Promise<void>;
  /** Takes up a trial that has paused. */
  goOn(work: Work): void;
  /** Hears that nothing is on its way any more. */
  wake(): void;
  fail(error: unknown): void;
}
