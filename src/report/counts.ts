// How a run's trials ended, for the head of its report.
import { type Manifest, proposesPoints } from '../run/manifest.js';
import { createSpace } from '../space/space.js';
import type { RunDatabase } from './database.js';
import type { Rows } from './define.js';

/** Trials by how they ended; `missing`: planned, but without a row. */
export interface TrialCounts {
  readonly byStatus: Readonly<Record<string, number>>;
  readonly total: number;
  /** Undefined where the number of trials is not known beforehand. */
  readonly missing: number | undefined;
  /** The first trials that did not end `ok`, with their errors. */
  readonly failures: Rows;
}

/** The first trials that failed, with the error of their last attempt. */
const FAILURES = `
  WITH failures AS (SELECT trial, status FROM trials WHERE status IN ('failed', 'timeout') ORDER BY trial LIMIT 10),
  errors AS (
    SELECT trial, arg_max(error, attempt) AS error FROM timings SEMI JOIN failures USING (trial)
    WHERE error IS NOT NULL GROUP BY trial
  )
  SELECT trial, status, error FROM failures LEFT JOIN errors USING (trial) ORDER BY trial`;

export async function countTrials(database: RunDatabase, manifest: Manifest): Promise<TrialCounts> {
  const { rows } = await database.query(
    'SELECT status, count(*) AS trials FROM trials GROUP BY status ORDER BY trials DESC, status',
  );
  const byStatus = Object.fromEntries(rows.map((row) => [String(row.status), Number(row.trials)]));
  const total = rows.reduce((sum, row) => sum + Number(row.trials), 0);
  const planned = countPlanned(manifest);
  const failures =
    byStatus.failed || byStatus.timeout ? await database.query(FAILURES) : { columns: [], rows: [] };
  return {
    byStatus,
    total,
    missing: planned === null ? undefined : Math.max(0, planned - total),
    failures,
  };
}

/** Trials of the run in all; null where that was not known beforehand. */
function countPlanned({ trials, shard, where, sampler, space: spec }: Manifest): number | null {
  if (trials !== undefined) return trials;
  // Manifests of 0.1.0 do not say. A constraint or grids that share points leave numbers without a trial.
  if (proposesPoints(sampler) || shard !== null || where !== null) return null;
  const space = createSpace(spec);
  return space.mayRepeat ? null : space.trials;
}
