// Whether two space records mean the same trials with the same numbers.
import type { SpaceRecord } from '../run/records.js';

/**
 * Where files lie does not matter, nor what is only shown of a metric, nor how many trials a sampler is to make: more of
 * them begin with the same ones.
 */
export function isSameSpace(a: SpaceRecord, b: SpaceRecord): boolean {
  return isSame(identityOf(a), identityOf(b));
}

function identityOf({ worker, sampler, ...rest }: SpaceRecord): unknown {
  const { name, version, series, stages } = worker;
  const params = worker.params.map((param) => [param.name, param.type, param.default]);
  const metrics = worker.metrics.map((metric) => [metric.name, metric.type]);
  // `proposes` is missing in records of format 1.
  const { trials: _, proposes: __, search, ...others } = sampler;
  // Why a sampler was chosen changes nothing.
  const options =
    search === undefined ? others : { ...others, search: { ...(search as object), auto: undefined } };
  return { ...rest, worker: { name, version, series, stages, params, metrics }, sampler: options };
}

/** As JSON would say it, whatever the order of keys. Not by its text: of an axis of 10^7 values that is 100 MB. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!isSame(a[i], b[i])) return false;
    return true;
  }
  const [x, y] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  const said = (one: typeof x) => Object.keys(one).filter((key) => one[key] !== undefined);
  const keys = said(x);
  return (
    keys.length === said(y).length && keys.every((key) => Object.hasOwn(y, key) && isSame(x[key], y[key]))
  );
}
