// How long the trials of an earlier run took, by key: what shards are balanced by where that run is named.
import { SweeplineError } from '../../ground/errors.js';
import { plural } from '../../ground/text.js';
import { Excerpts } from '../../run/excerpts.js';
import { finishedTrials, readStretch } from '../../run/finished.js';
import { openRunFolder } from '../../run/folder.js';
import { readJournal } from '../../run/read-journal.js';
import { skipRows } from '../../trial/lines.js';
import { keyAt } from '../../trial/row.js';
import { countNumbers } from '../../trial/selection.js';

/**
 * Milliseconds by key, in the order of `keys`. Of one that did not run there: in proportion to its cost where costs are
 * known, else the mean. Throws BAD_USAGE where the run has timed none of them.
 */
export async function readKeyTimes(
  folder: string,
  keys: readonly string[],
  costs: readonly number[] | null,
): Promise<readonly number[]> {
  const known = await readTimes(folder).catch((cause: unknown) => {
    if (!(cause instanceof SweeplineError)) throw cause;
    const expected = 'expected key, count, cost, or the folder of a run whose trials were timed';
    throw new SweeplineError('BAD_USAGE', `--shard-by ${folder}: ${expected}; ${cause.message}`, { cause });
  });
  let [ms, units, count] = [0, 0, 0];
  keys.forEach((key, i) => {
    const time = known.get(key);
    if (time === undefined) return;
    ms += time;
    units += costs?.[i] ?? 1;
    count++;
  });
  if (count === 0) {
    throw new SweeplineError(
      'BAD_USAGE',
      `--shard-by ${folder}: of its ${plural(known.size, 'timed trial')} none is one of this run`,
      { hint: 'name a run of the same sweep and worker version, or leave --shard-by out' },
    );
  }
  return keys.map((key, i) => known.get(key) ?? (ms / units) * (costs?.[i] ?? 1));
}

/** Those that ended `ok`, the last time that each of them ran. */
async function readTimes(folder: string): Promise<ReadonlyMap<string, number>> {
  const { path } = await openRunFolder(folder);
  const times = new Map<string, number>();
  const excerpts = new Excerpts(path);
  try {
    for (const { extents } of readJournal(path).state.epochs)
      for (const { from, to, rows, record: at } of finishedTrials(extents, excerpts)) {
        const { record, notes } = excerpts.header(at);
        const ms = Math.max(1e-3, record.run_ms / countNumbers(record.trials));
        const bytes = Buffer.from(readStretch(rows, excerpts));
        for (let trial = from, row = 0; trial < to; trial++, row = skipRows(bytes, row, 1))
          if ((notes.get(trial)?.status ?? 'ok') === 'ok') times.set(keyAt(bytes, row), ms);
      }
  } finally {
    excerpts.close();
  }
  return times;
}
