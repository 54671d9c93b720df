// What is written down of a pruner's decisions: why, before they take effect, and the rows that follow from them.
import { SweeplineError, toPlainError } from '../../ground/errors.js';
import type { TaskResult } from '../../pool/contract.js';
import type { Journal } from '../../run/journal.js';
import type { Exploit, Pruned, PrunerSpec } from '../../search/pruning/contract.js';
import { reported } from '../../search/pruning/rules.js';
import type { TrialRow } from '../../trial/row.js';
import { trialAt } from '../../trial/selection.js';
import type { TrialStore } from '../../trial/store.js';
import type { Recorder } from '../coordinator/recorder.js';
import type { LostTrial } from '../coordinator/recording.js';
import { cutSeries } from './curves.js';
import type { Held } from './parking.js';

interface WritingOptions {
  readonly spec: Pick<PrunerSpec, 'name' | 'metric' | 'goal'>;
  readonly journal: Journal;
  /** What trials have kept before it was known that it does not count. */
  readonly store: Pick<TrialStore, 'dropArtifacts'>;
  readonly recorder: Pick<Recorder, 'recordLost'>;
  readonly onWarning: (text: string) => void;
}

export class Writing {
  readonly #options: WritingOptions;
  readonly #epoch: number;
  #isWarned = false;

  constructor(options: WritingOptions) {
    this.#options = options;
    this.#epoch = options.journal.state.epochs.length - 1;
  }

  /** The journal keeps the order: it stands there before the row that follows from it. */
  notePruned({ trial, step, rung, value, cutoff, others }: Pruned): Promise<void> {
    const { journal, spec } = this.#options;
    const values = { value: reported(value, spec), cutoff: reported(cutoff, spec), others };
    return journal.append({ t: 'prune', epoch: this.#epoch, trial, step, rung, ...values });
  }

  /** Once, of the first such trial. */
  warn(trial: number): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    const { spec, onWarning } = this.#options;
    onWarning(
      `pruner ${spec.name} looks at ${spec.metric}, of which trial ${trial} has reported no value: nothing stops such a trial`,
    );
  }

  /** A trial of a population goes on from another one. */
  async noteExploit(trial: number, exploit: Exploit): Promise<void> {
    const { journal } = this.#options;
    if (journal.state.epoch.parked.hasExploited(trial, exploit.step)) return; // it was decided in an earlier session
    await journal.append({ t: 'exploit', epoch: this.#epoch, trial, ...exploit });
  }

  /** The row of a trial that was pruned at `step`; undefined where it was stopped, or failed, before it got there again. */
  async prune(held: Held, series: Uint8Array, step: number): Promise<Iterable<TrialRow> | undefined> {
    const kept = cutSeries(series, step);
    if (kept === undefined) return undefined;
    this.#options.store.dropArtifacts(trialAt(held.work.trials, 0));
    // A trial may have paused behind the step at which it was pruned: what it has reported from there on does not count.
    const how = { status: 'pruned', error: undefined, partial: { series: kept }, isWhole: true } as const;
    const rows = await this.#options.recorder.recordLost({ ...ranBy(held), ...how });
    return [...rows].map((row) => ({ ...row, step }));
  }

  /** Of a population, a trial that goes on where it was to pause would count as what it is not: it has failed. */
  refuse(held: Held, series: Uint8Array, rung: number): Promise<Iterable<TrialRow>> {
    const error = new SweeplineError(
      'BAD_DEFINITION',
      `it went on at step ${rung}, where pbt has every trial pause; when trial.stopRequested, or the answer of trial.report, says so, save a checkpoint and throw trial.stopped()`,
    );
    const partial = { series: cutSeries(series, rung) ?? series };
    const how = { status: 'failed', error: toPlainError(error), partial, isWhole: true } as const;
    return this.#options.recorder.recordLost({ ...ranBy(held), ...how });
  }
}

function ranBy({ work, result }: Held): Pick<LostTrial, 'trials' | 'attempt' | 'host'> & { by: TaskResult } {
  return { trials: work.trials, attempt: work.attempt, host: result.host, by: result };
}
