// Configurations whose values come from a function that is known: by number on a grid, or drawn.
import { Configurations } from '../../src/answer/configurations.js';
import { type Cell, formatCell } from '../../src/ground/csv.js';
import { randomFor } from '../../src/ground/random.js';
import type { Value } from '../../src/space/types.js';
import type { Metric, MetricValues } from '../../src/trial/metrics.js';
import type { SpaceParam } from '../../src/trial/params.js';

type Points = readonly Readonly<Record<string, Value>>[];

/** Types are taken from the first value of each name. */
export function configurationsOf(
  points: Points,
  metricsOf: (point: Readonly<Record<string, Value>>, replicate: number) => MetricValues | null,
  replicates = 1,
  isPruned: (point: Readonly<Record<string, Value>>, replicate: number) => boolean = () => false,
): Configurations {
  const names = [...new Set(points.flatMap((point) => Object.keys(point)))];
  const params = names.map((name): SpaceParam => {
    const value = points.find((point) => Object.hasOwn(point, name))![name]!;
    const type = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string';
    return { name, type, default: value };
  });
  const yielded = points.flatMap((point, p) =>
    Array.from({ length: replicates }, (_, replicate) => ({
      trial: p * replicates + replicate,
      replicate,
      point,
      metrics: metricsOf(point, replicate),
    })),
  );
  const metrics = [...new Set(yielded.flatMap((row) => Object.keys(row.metrics ?? {})))];
  const types = metrics.map((name): Metric => {
    const value = yielded.find((row) => row.metrics !== null)!.metrics![name];
    return { name, type: typeof value === 'boolean' ? 'boolean' : 'number' };
  });
  const of = new Configurations({ axes: names, params, metrics: types }, metrics);
  for (const row of yielded) {
    of.add([
      ...[row.trial, `k${row.trial}`, row.replicate, row.trial].map(String),
      ...names.map((name) => formatCell(row.point[name] as Cell)),
      row.metrics === null ? 'failed' : isPruned(row.point, row.replicate) ? 'pruned' : 'ok',
      ...metrics.map((name) => formatCell(row.metrics?.[name])),
    ]);
  }
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
