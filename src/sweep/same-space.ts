// Whether two space records mean the same trials with the same numbers.
import type { SpaceRecord } from '../run/records.js';

/**
 * Where files lie does not matter, nor what is only shown of a metric, nor how many trials a sampler is to make: more of
 * them begin with the same ones.
 */
export function isSameSpace(a: SpaceRecord, b: SpaceRecord): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ worker, sampler, ...rest }: SpaceRecord): string {
  const { name, version, series, stages } = worker;
  const params = worker.params.map((param) => [param.name, param.type, param.default]);
  const metrics = worker.metrics.map((metric) => [metric.name, metric.type]);
  // `proposes` is missing in records of format 1.
  const { trials: _, proposes: __, ...options } = sampler;
  const identity = { name, version, series, stages, params, metrics };
  return JSON.stringify(sorted({ ...rest, worker: identity, sampler: options }));
}

/** The same data with its keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]),
  );
}
