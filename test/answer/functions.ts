// Configurations whose values come from a function that is known: by number on a grid, or drawn.
import { Configurations } from '../../src/answer/configurations.js';
import { randomFor } from '../../src/ground/random.js';
import type { Value } from '../../src/space/types.js';
import type { MetricValues } from '../../src/trial/metrics.js';
import type { SpaceParam } from '../../src/trial/params.js';
import type { TrialRow } from '../../src/trial/row.js';

type Points = readonly Readonly<Record<string, Value>>[];

/** Types are taken from the first value of each name. */
export function configurationsOf(
  points: Points,
  metricsOf: (point: Readonly<Record<string, Value>>, replicate: number) => MetricValues | null,
  replicates = 1,
): Configurations {
  const names = [...new Set(points.flatMap((point) => Object.keys(point)))];
  const params = names.map((name): SpaceParam => {
    const value = points.find((point) => Object.hasOwn(point, name))![name]!;
    const type = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string';
    return { name, type, default: value };
  });
  const rows = points.flatMap((point, p) =>
    Array.from({ length: replicates }, (_, replicate): TrialRow => {
      const metrics = metricsOf(point, replicate);
      const trial = p * replicates + replicate;
      const status = metrics === null ? 'failed' : 'ok';
      return {
        trial,
        key: `k${trial}`,
        replicate,
        seed: trial,
        point,
        status,
        metrics: metrics ?? { y: null },
      };
    }),
  );
  const yielded = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
  const of = new Configurations({ axes: names, params, metrics: [] }, yielded);
  for (const row of rows) of.add(row);
  return of;
}

/** Every combination, the last name turning fastest. */
export function gridOf(axes: Readonly<Record<string, readonly Value[]>>): Points {
  return Object.entries(axes).reduce<Points>(
    (points, [name, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** Points with each name uniform in [0, 1). */
export function drawnPoints(count: number, names: readonly string[]): Readonly<Record<string, number>>[] {
  const random = randomFor('points', count, ...names);
  return Array.from({ length: count }, () =>
    Object.fromEntries(names.map((name) => [name, random.uniform()])),
  );
}

/** `steps` values from 0 to 1. */
export const even = (steps: number): number[] => Array.from({ length: steps }, (_, i) => i / (steps - 1));
