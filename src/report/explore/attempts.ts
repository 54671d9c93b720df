// Attempts at trials, one row each, with the time at which they ended where the run's journal knows it.
import type { Payload } from '../../explore/payload.js';
import { formatCount } from '../../ground/text.js';
import { readAttemptEnds } from '../../run/attempt-ends.js';
import type { Epoch } from '../../run/epoch.js';
import { type Into, packQuery, type Reader, readNumbers, type Wanted } from './query.js';

export const ATTEMPTS = 100_000;
/** More attempts at one trial than any run allows. */
const MOST_TRIES = 4096;

export async function packAttempts(
  database: Reader,
  { packer, notes }: Into,
  { folder, epoch }: { readonly folder: string; readonly epoch: Epoch | undefined },
): Promise<Pick<Payload, 'attempts' | 'began'>> {
  const [counted] = await readNumbers(database, 'SELECT count(*)::DOUBLE FROM timings');
  const count = counted![0]!;
  if (count === 0) return { attempts: null, began: null };
  const every = Math.ceil(count / ATTEMPTS);
  if (every > 1)
    notes.push(
      `times of ${formatCount(Math.ceil(count / every))} of ${formatCount(count)} attempts (one in ${every})`,
    );
  const wanted = (['trial', 'worker', 'host', 'run_ms', 'status'] as const).map(
    (name): Wanted => ({
      name,
      sql: name,
      role: 'run',
      kind: name === 'host' || name === 'status' ? 'category' : 'number',
    }),
  );
  const from = `FROM (SELECT *, row_number() OVER () AS "place of row" FROM timings) WHERE ("place of row" - 1) % ${every} = 0`;
  const attempts = await packQuery(database, { wanted, from, packer, single: 0 });
  const list = 'trial::DOUBLE, attempt::DOUBLE, coalesce(run_ms, 0)::DOUBLE';
  const [trials, tries, times] = await readNumbers(database, `SELECT ${list} ${from}`);
  const ends = epoch === undefined ? undefined : findEnds({ folder, epoch }, trials!, tries!);
  if (ends === undefined) return { attempts, began: null };
  let began = Number.POSITIVE_INFINITY;
  for (const [i, end] of ends.entries()) if (end - times![i]! < began) began = end - times![i]!;
  const column = packer.numbers(
    { name: 'ended', role: 'run', unit: 'ms' },
    ends.map((end) => Math.round(end - began)),
  );
  return { attempts: { ...attempts, columns: [...attempts.columns, column] }, began };
}

/** When each of these attempts ended; undefined where nothing is known of any. */
function findEnds(
  { folder, epoch }: { readonly folder: string; readonly epoch: Epoch },
  trials: Float64Array,
  tries: Float64Array,
): Float64Array | undefined {
  const places = new Map(Array.from(trials, (trial, i) => [trial * MOST_TRIES + tries[i]!, i]));
  const ends = new Float64Array(trials.length).fill(Number.NaN);
  let isKnown = false;
  for (const { first, count, attempt, at, each } of readAttemptEnds(folder, epoch)) {
    for (let i = 0; i < count; i++) {
      const place = places.get((first + i) * MOST_TRIES + attempt);
      if (place === undefined) continue;
      ends[place] = at + i * each;
      isKnown = true;
    }
  }
  return isKnown ? ends : undefined;
}
