// Nights for tests, as a suite leaves them.
import type { NightCell, NightRecord, NightRun } from '../../src/nights/record.js';

export function cellOf(metric: string, mean: number | null, more: Partial<NightCell> = {}): NightCell {
  return { configuration: 'latent=16', metric, mean, sd: null, n: 1, ...more };
}

export function runOf(cells: readonly NightCell[], more: Partial<NightRun> = {}): NightRun {
  return {
    ...{
      name: 'latent',
      sweep: 'latent',
      run: 'id',
      rows: 'ab',
      trials: 1,
      failed: 0,
      together: [],
      timing: 'here',
    },
    metrics: [{ name: 'loss', isBoolean: false, goal: 'min', unit: null, tolerance: null }],
    cells,
    ...more,
  };
}

/** The night of a day of 2026, counted from the first of January. */
export function nightOf(
  day: number,
  runs: readonly NightRun[] = [],
  more: Partial<NightRecord> = {},
): NightRecord {
  const at = new Date(Date.UTC(2026, 0, 1 + day, 3)).toISOString();
  const night = `${at.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-0000`;
  return {
    format: 1,
    night,
    at,
    suite: 'small',
    commit: null,
    host: 'here',
    isComplete: true,
    runs,
    ...more,
  };
}
