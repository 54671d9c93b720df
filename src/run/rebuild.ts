// Builds a journal anew from the whole records of a damaged one. What it needs and does not have is written anew: the
// opening record, and a space record out of the manifest where the rows show that it is the right one.
import { SweeplineError } from '../ground/errors.js';
import type { FileStream } from '../ground/stream.js';
import { prefixesOf } from './carry.js';
import { encodeFrame, type Frame } from './frames.js';
import { type Manifest, proposesPoints } from './manifest.js';
import { JOURNAL_FORMAT, type JournalRecord, type RowsRecord, spaceRecord } from './records.js';
import { apply, RunState } from './state.js';

export class Rebuilding {
  readonly state = new RunState();
  /** Records of the old journal. */
  kept = 0;
  readonly restored: ('open' | 'space')[] = [];
  #at = 0;
  /** Of which the space record comes from the manifest. */
  #restoredEpoch = -1;

  constructor(
    private readonly into: FileStream,
    private readonly path: string,
    private readonly manifest: Manifest,
  ) {}

  add({ header, body, at }: Frame): void {
    const record = header as JournalRecord;
    if (this.#at === 0 && record.t !== 'open') this.restoreOpening();
    if (record.t === 'open' && this.#at > 0) return; // of a copy that was pasted behind it
    if ('epoch' in record) {
      if (record.epoch >= this.state.epochs.length) this.#restoreSpace(record.epoch, at);
      if (record.t === 'rows' && record.epoch === this.#restoredEpoch) this.#compare(record, body, at);
    }
    this.kept++;
    this.#write(record, body);
  }

  /** Also for a journal of which nothing is left. */
  restoreOpening(): void {
    this.restored.push('open');
    this.#write({ t: 'open', format: JOURNAL_FORMAT });
  }

  #restoreSpace(epoch: number, at: number): void {
    if (epoch > this.state.epochs.length)
      throw this.#refuse(`${epoch - this.state.epochs.length + 1} space records are lost before byte ${at}`);
    this.restored.push('space');
    this.#restoredEpoch = epoch;
    this.#write(spaceRecord(this.manifest));
  }

  /** The manifest is of the newest grid: rows of an earlier one have other keys. */
  #compare({ trials }: RowsRecord, body: Uint8Array, at: number): void {
    const space = spaceRecord(this.manifest);
    if (proposesPoints(space.sampler)) return;
    const first = 'first' in trials ? trials.first : trials[0]!;
    const expected = expectedStart(space, first);
    const found = Buffer.from(body.subarray(0, Buffer.byteLength(expected ?? ''))).toString();
    if (found !== expected)
      throw this.#refuse(
        `the space record of epoch ${this.#restoredEpoch} is lost, and manifest.json has another grid than the rows at byte ${at}`,
      );
  }

  #refuse(why: string): SweeplineError {
    return new SweeplineError('BAD_RUN_FOLDER', `${this.path} cannot be repaired: ${why}`, {
      hint: 'restore the file from a copy; trials.csv and the report are as they were written last',
    });
  }

  #write(record: JournalRecord, body: Uint8Array = new Uint8Array()): void {
    const { buffers, bodyAt, bytes } = encodeFrame(record, [body]);
    for (const buffer of buffers) this.into.append(buffer);
    apply(this.state, record, { at: this.#at, bodyAt: this.#at + bodyAt, body: [body] });
    this.#at += bytes;
  }
}

/** The first cells of a trial's row; undefined where the space has no such trial. */
function expectedStart(space: ReturnType<typeof spaceRecord>, trial: number): string | undefined {
  try {
    return prefixesOf(space)({ kind: 'numbers', numbers: [trial] }).prefixes[0];
  } catch {
    return undefined;
  }
}
