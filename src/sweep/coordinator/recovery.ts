// What becomes of tasks that came back without a result: their host died, they ran past their limit, or the machine had no
// room for their files. Decides by failures.ts, writes down what happened, and hands the work to the backlog.
import { isMachineTrouble, type PlainError, toPlainError } from '../../ground/errors.js';
import { HERE, TaskLost, type TaskResult } from '../../pool/contract.js';
import type { TrialRow } from '../../trial/row.js';
import { countOf, trialAt } from '../../trial/selection.js';
import type { Backlog } from './backlog.js';
import { judgeLoss } from './failures.js';
import type { Recorder } from './recorder.js';
import type { Work } from './work.js';

export interface RecoveryOptions {
  readonly recorder: Pick<Recorder, 'failedAttempts' | 'recordLost' | 'lostResult' | 'noteAttempt'>;
  readonly backlog: Backlog;
  readonly retries: number;
  /** See LostTask. */
  readonly isAwaited: boolean;
  /** Takes the result of a trial that has ended by this, in place of its row at once; undefined: nothing has to be asked. */
  readonly conclude: ((work: Work, result: TaskResult) => Promise<void>) | undefined;
}

const NO_ROWS: readonly never[] = [];

export class Recovery {
  /** Trials that are left for another session, since their hosts were ended from outside time and again. */
  evicted = 0;
  readonly #options: RecoveryOptions;
  /** Hosts that ended before they could run anything, in a row. */
  readonly #failedStarts = new Set<number>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** A host has run something. */
  noteStart(): void {
    if (this.#failedStarts.size > 0) this.#failedStarts.clear();
  }

  /** The rows of trials that have ended by this. Rejects with what ends the run. */
  async recover(work: Work, error: unknown): Promise<Iterable<TrialRow>> {
    if (!(error instanceof TaskLost)) return this.#recoverFromTrouble(work, error);
    const { recorder, backlog, retries, isAwaited } = this.#options;
    const { loss } = error;
    if (loss.cause === 'unstarted') this.#failedStarts.add(loss.process);
    else this.noteStart();
    const { trials, attempt, strikes, evictions } = work;
    const count = countOf(trials);
    const failedAttempts = count === 1 ? recorder.failedAttempts(trialAt(trials, 0)) : 0;
    const decision = judgeLoss({
      ...loss,
      ...{ count, strikes, evictions, failedAttempts, retries, isAwaited },
      wasApart: work.isApart,
      failedStarts: this.#failedStarts.size,
    });
    if (decision.do === 'give up') throw error;
    const lost = { trials, attempt, error: toPlainError(error), host: loss.host };
    if (decision.do === 'record') {
      const ended = { ...lost, error: explain(error), status: decision.status, partial: loss.partial };
      const { conclude } = this.#options;
      if (conclude === undefined) return recorder.recordLost(ended);
      await conclude(work, recorder.lostResult(ended));
      return NO_ROWS;
    }
    const isOverdue = loss.cause === 'overdue' && loss.blame === 'certain';
    const status = isOverdue ? 'timeout' : decision.do === 'retry' ? 'failed' : 'lost';
    await recorder.noteAttempt({ ...lost, status });
    if (decision.do === 'leave') this.evicted += count;
    else backlog.decided(work, decision, failedAttempts + 1);
    return NO_ROWS;
  }

  /** A disk that is full may have room again; what else goes wrong outside of trials does so for all of them. */
  async #recoverFromTrouble(work: Work, error: unknown): Promise<Iterable<TrialRow>> {
    const { recorder, backlog, retries } = this.#options;
    const { trials, attempt, troubles } = work;
    if (!isMachineTrouble(error) || troubles >= retries) throw error;
    await recorder.noteAttempt({
      trials,
      attempt,
      error: toPlainError(error),
      host: HERE.host,
      status: 'lost',
    });
    backlog.addLater({ ...work, attempt: attempt + 1, troubles: troubles + 1 }, troubles + 1);
    return NO_ROWS;
  }
}

/** Why the trial has failed by it. */
function explain(error: TaskLost): PlainError {
  const plain = toPlainError(error);
  if (error.loss.cause !== 'evicted') return plain;
  const why = 'from outside, and each time (out of memory? a batch system?)';
  return {
    ...plain,
    message: `${plain.message}, ${why}: other trials wait for this one, so it counts as failed`,
  };
}
