// The data of a run for the page's views, kept from its journal: trials, curves and attempts of its newest epoch, and the
// trials that run now. See explore/payload.ts for what it is packed to.
import { join } from 'node:path';
import type { KeysView } from '../explore/live/contract.js';
import type { Payload } from '../explore/payload.js';
import { fixedOf, listFiles } from '../report/explore/collect.js';
import { Packer } from '../report/explore/pack.js';
import { joinPayload } from '../report/explore/section.js';
import { type Manifest, proposesPoints } from '../run/manifest.js';
import type { JournalRecord, SpaceRecord } from '../run/records.js';
import { createSpace, type Space } from '../space/space.js';
import type { BusyThread } from '../trial/busy.js';
import { forEachRun, type ProposedTrial } from '../trial/selection.js';
import { ARTIFACTS } from '../trial/store.js';
import { LiveAttempts } from './attempts.js';
import { LiveCurves } from './curves.js';
import { isOwnFolder } from './own-files.js';
import type { TailListener } from './tail.js';
import { LiveTrials, type OpenTrial } from './trials.js';

/** Trials that have not ended and are shown among the others. */
const MOST_OPEN = 1000;

export interface Packing extends Pick<Payload, 'importances'> {
  readonly folder: string;
  /** How the folder is called in commands. */
  readonly shown: string;
}

interface Epoch {
  readonly record: SpaceRecord;
  readonly trials: LiveTrials;
  readonly curves: LiveCurves;
  readonly attempts: LiveAttempts;
  /** Points of trials that have not ended, where a sampler makes them. */
  readonly proposed: Map<number, ProposedTrial>;
  /** Trials that have paused, or ended, and wait: by the attempt that did. */
  readonly waiting: Map<number, number>;
  /** Trials that have gone on from another one's weights. */
  readonly takenOver: Set<number>;
  readonly space: Space | undefined;
}

export class RunData implements TailListener {
  #manifest: Manifest | undefined;
  #epochs = 0;
  #epoch: Epoch | undefined;
  #shown: readonly OpenTrial[] = [];

  setManifest(manifest: Manifest): void {
    this.#manifest = manifest;
  }

  reset(): void {
    this.#epochs = 0;
    this.#epoch = undefined;
    this.#shown = [];
  }

  take(record: JournalRecord, body: Uint8Array): void {
    if (record.t === 'space') {
      this.#epochs++;
      this.#epoch = this.#open(record);
      return;
    }
    const epoch = this.#epoch;
    if (epoch === undefined || !('epoch' in record) || record.epoch !== this.#epochs - 1) return;
    const { trials, curves, attempts, proposed, waiting } = epoch;
    switch (record.t) {
      case 'rows':
        trials.take(record, body.subarray(0, record.rowsBytes));
        curves.takeRows(record, body.subarray(record.rowsBytes));
        attempts.take(record);
        forEachRun(record.trials, (first, count) => {
          for (let trial = first; trial < first + count; trial++) {
            proposed.delete(trial);
            waiting.delete(trial);
          }
        });
        return;
      case 'attempt':
        attempts.take(record);
        forEachRun(record.trials, (trial, count) => {
          for (let each = trial; each < trial + count; each++) waiting.delete(each);
          if (record.status !== 'parked') return;
          waiting.set(trial, record.attempt);
          curves.takePaused({ trial, attempt: record.attempt }, body);
        });
        return;
      case 'ended':
        forEachRun(record.trials, (trial) => {
          if (!trials.has(trial)) waiting.set(trial, record.attempt);
        });
        return;
      case 'report':
        curves.takeReport(record, body);
        if ((waiting.get(record.trial) ?? 0) < record.attempt) waiting.delete(record.trial);
        return;
      case 'exploit':
        epoch.takenOver.add(record.trial);
        return;
      case 'propose':
        for (const point of record.points) if (!proposed.has(point.trial)) proposed.set(point.trial, point);
    }
  }

  /** What runs now; whether that is something else than before. */
  setRunning(threads: readonly BusyThread[], isWorkedOn: boolean): boolean {
    const epoch = this.#epoch;
    if (epoch === undefined) return false;
    // Of several in the hands of a thread, the first one runs.
    const busy = new Set(threads.map(({ trial }) => trial));
    const numbers = new Set(isWorkedOn ? [...busy, ...epoch.curves.running()] : []);
    for (const trial of epoch.waiting.keys()) numbers.add(trial);
    const open = [...numbers]
      .filter((trial) => !epoch.trials.has(trial))
      .sort((a, b) => a - b)
      .slice(0, MOST_OPEN)
      .flatMap((trial) =>
        pointOf(epoch, trial).map((proposed): OpenTrial => {
          const isWaiting = epoch.waiting.has(trial) && !busy.has(trial);
          return { ...proposed, status: isWaiting ? 'waiting' : 'running' };
        }),
      );
    const wordsOf = (each: OpenTrial | undefined) => `${each?.trial} ${each?.status}`;
    const isSame =
      open.length === this.#shown.length &&
      open.every((each, i) => wordsOf(each) === wordsOf(this.#shown[i]));
    if (!isSame) this.#shown = open;
    return !isSame;
  }

  keys(): KeysView {
    return this.#epoch?.trials.keys() ?? { trials: [], keys: [] };
  }

  pack({ folder, shown, importances }: Packing): Uint8Array {
    const manifest = this.#manifest!;
    const { record, trials, curves, attempts, takenOver } = this.#epoch!;
    const packer = new Packer();
    const notes: string[] = [];
    const { table, isRounded } = trials.pack(packer, this.#shown);
    if (isRounded) notes.push('numbers are kept with 7 digits in this page; trials.csv has all digits');
    const payload: Payload = {
      sweep: String(manifest.sweep),
      title: String(manifest.title),
      run: shown,
      replay: 'sweepline replay',
      takenOver: [...takenOver],
      explain: 'sweepline explain',
      fixed: fixedOf(record),
      trials: table,
      curves: curves.pack(packer, notes),
      ...attempts.pack(packer, notes),
      // These are of the report's tables.
      confusions: null,
      importances,
      files: isOwnFolder(join(folder, ARTIFACTS), folder) ? listFiles(folder, notes) : [],
      notes,
    };
    return joinPayload(payload, packer.bytes());
  }

  #open(record: SpaceRecord): Epoch {
    return {
      record,
      trials: new LiveTrials(this.#manifest!, record),
      curves: new LiveCurves(record.worker.series),
      attempts: new LiveAttempts(),
      proposed: new Map(),
      waiting: new Map(),
      takenOver: new Set(),
      space: proposesPoints(record.sampler) ? undefined : createSpace(record.space),
    };
  }
}

/** None where nobody knows what it is. */
function pointOf({ space, proposed }: Epoch, trial: number): ProposedTrial[] {
  if (space === undefined) return proposed.has(trial) ? [proposed.get(trial)!] : [];
  if (!(trial < space.trials)) return [];
  const { replicates } = space;
  return [{ trial, replicate: trial % replicates, point: space.at(Math.floor(trial / replicates)) }];
}
