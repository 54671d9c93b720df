// What a journal amounts to: which trials are done and how they ended, and where their rows lie. Built by `apply`
// alone, record by record, from the file and live alike; holds no rows and does no I/O.
import { InternalError, SweeplineError } from '../ground/errors.js';
import { Epoch, type Placed } from './epoch.js';
import { JOURNAL_FORMAT, type JournalRecord } from './records.js';

export class RunState {
  readonly epochs: Epoch[] = [];
  /** Why the last coordinator stopped; null while none has, or after work has gone on. */
  stopped: string | null = null;
  /** Milliseconds of the sessions that were begun with a budget, as far as the journal tells: a killed one up to its last record. */
  spentMs = 0;
  #began: number | undefined;
  #last = 0;

  /** A session with a budget begins. */
  begin(at: number): void {
    this.end();
    this.#began = at;
    this.#last = at;
  }

  /** Something has happened. */
  note(at: number | undefined): void {
    if (at !== undefined) this.#last = Math.max(this.#last, at);
  }

  end(): void {
    if (this.#began !== undefined) this.spentMs += this.#last - this.#began;
    this.#began = undefined;
  }

  /** The epoch that counts now. */
  get epoch(): Epoch {
    const last = this.epochs.at(-1);
    if (last === undefined) throw new InternalError('the journal has no space record yet');
    return last;
  }
}

/** Takes one record into the state. Throws BAD_RUN_FOLDER for a format or record that this version does not know. */
export function apply(state: RunState, record: JournalRecord, placed: Placed): void {
  switch (record.t) {
    case 'open':
      if (record.format > JOURNAL_FORMAT) {
        throw new SweeplineError(
          'BAD_RUN_FOLDER',
          `the journal has format ${record.format}, and this Sweepline reads up to ${JOURNAL_FORMAT}`,
          { hint: 'use the version of Sweepline that made this run (see manifest.json), or a newer one' },
        );
      }
      return;
    case 'space':
      state.epochs.push(new Epoch(record, state.epochs.length));
      state.stopped = null; // the work of another space has begun
      return;
    case 'session':
      state.begin(record.at);
      return;
    case 'stop':
      state.stopped = record.reason;
      state.note(record.at);
      state.end();
      return;
    case 'propose':
    case 'report':
    case 'rows':
    case 'attempt':
    case 'prune':
    case 'exploit':
    case 'ended': {
      const epoch = state.epochs[record.epoch];
      if (epoch === undefined)
        throw new InternalError(`a journal record of epoch ${record.epoch}, which has no space record`);
      state.stopped = null;
      if ('at' in record) state.note(record.at);
      if (record.t === 'rows') epoch.applyRows(record, placed);
      else if (record.t === 'attempt') epoch.applyAttempt(record, placed);
      else if (record.t === 'report') epoch.applyReport(record, placed);
      else if (record.t === 'propose') epoch.applyProposals(record);
      else if (record.t === 'ended') epoch.applyEnded(record, placed);
      else if (record.t === 'exploit') epoch.parked.noteExploit(record);
      // What was pruned follows from the rows; why, `prune` says to whoever reads it.
      return;
    }
    default:
      throw new SweeplineError(
        'BAD_RUN_FOLDER',
        `the journal has a record of unknown kind ${JSON.stringify((record as { t?: unknown }).t)}`,
      );
  }
}
