// Why trials did not end ok: their messages, alike ones as one. Reads the records of the journal; of a trial that was
// tried again the last record counts.
import type { PlainError } from '../ground/errors.js';
import type { Epoch } from '../run/epoch.js';
import { readRecords } from '../run/read-journal.js';
import { describeError } from '../run/timings.js';
import { signOf, type TrialStatus } from '../trial/status.js';

export interface FailureGroup {
  readonly status: Exclude<TrialStatus, 'ok' | 'pruned'>;
  /** The first line of the first of them. */
  readonly message: string;
  readonly count: number;
  /** The least trial of them: what to replay. */
  readonly trial: number;
}

interface Group {
  readonly status: FailureGroup['status'];
  /** Of the least trial, so that the order in which they ended makes no difference. */
  error: PlainError | undefined;
  of: number;
}

/** The most frequent first. Equal but for the numbers in their messages is alike. */
export function groupFailures(folder: string, epoch: Epoch, epochs: number): FailureGroup[] {
  const sets = { failed: epoch.failed, timeout: epoch.timeout, skipped: epoch.skipped } as const;
  if (Object.values(sets).every((set) => set.count === 0)) return [];
  const groups: Group[] = [];
  const groupOf = new Map<string, number>();
  /** By trial. */
  const last = new Map<number, number>();
  for (const { record } of readRecords(folder)) {
    if (record.t !== 'rows' || record.epoch !== epochs - 1) continue;
    for (const note of record.notes) {
      if (note.status === 'ok' || note.status === 'pruned' || !sets[note.status].has(note.trial)) continue;
      const sign = signOf(note);
      let group = groupOf.get(sign);
      if (group === undefined) {
        group = groups.length;
        groupOf.set(sign, group);
        groups.push({ status: note.status, error: note.error, of: note.trial });
      } else if (note.trial < groups[group]!.of) {
        groups[group]!.error = note.error;
        groups[group]!.of = note.trial;
      }
      last.set(note.trial, group);
    }
  }
  const counts = groups.map(() => ({ count: 0, trial: Number.POSITIVE_INFINITY }));
  for (const [trial, group] of last) {
    const found = counts[group]!;
    found.count++;
    found.trial = Math.min(found.trial, trial);
  }
  return groups
    .map(({ status, error }, i) => ({ status, message: messageOf(status, error), ...counts[i]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.trial - b.trial);
}

function messageOf(status: string, error: PlainError | undefined): string {
  if (error === undefined) return status;
  const [line] = error.message.split('\n', 1);
  return describeError({ ...error, message: line! });
}
