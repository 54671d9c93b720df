// Reads a journal again and again, each time only what has come: into a state, and record by record for whoever keeps
// more than that. Begins anew where the file is another one (repaired, restored).
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { JOURNAL_FILE, readRecords } from '../run/read-journal.js';
import type { JournalRecord } from '../run/records.js';
import { apply, RunState } from '../run/state.js';

/** Others have their turn after so many bytes. */
const TURN = 512 * 1024;

export interface TailListener {
  /** All that was said before is void. */
  reset(): void;
  /** `body` is a view that the next record overwrites. */
  take(record: JournalRecord, body: Uint8Array): void;
}

export class Tail {
  state = new RunState();
  readonly #folder: string;
  readonly #listener: TailListener | undefined;
  #read = { inode: 0, size: -1, end: 0 };

  constructor(folder: string, listener?: TailListener) {
    this.#folder = folder;
    this.#listener = listener;
  }

  /** How far it has been read. */
  get end(): number {
    return this.#read.end;
  }

  /** Whether something has come. One at a time. Rejects with BAD_RUN_FOLDER for a file that is missing, damaged or no journal. */
  async read(): Promise<boolean> {
    const found = lstatSync(join(this.#folder, JOURNAL_FILE), { throwIfNoEntry: false });
    const [inode, size] = [found?.ino ?? 0, found?.size ?? 0];
    if (inode === this.#read.inode && size === this.#read.size) return false;
    if (inode !== this.#read.inode || size < this.#read.end) this.#reset();
    const { end } = this.#read;
    let turn = end;
    try {
      for (const { record, at, bodyAt, body } of readRecords(this.#folder, end)) {
        apply(this.state, record, { at, bodyAt, body: [body] });
        this.#listener?.take(record, body);
        this.#read.end = bodyAt + body.length;
        if (this.#read.end - turn < TURN) continue;
        turn = this.#read.end;
        await setImmediate();
      }
    } catch (error) {
      // What the listener has of half a record nobody knows.
      this.#reset();
      throw error;
    }
    this.#read = { inode, size, end: this.#read.end };
    return this.#read.end !== end;
  }

  #reset(): void {
    this.state = new RunState();
    this.#read = { inode: 0, size: -1, end: 0 };
    this.#listener?.reset();
  }
}
