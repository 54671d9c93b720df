// Holds proposed values against a worker's own types, before anything runs.
import type { z } from 'zod';
import type { Point, Value } from '../space/types.js';
import { fillParams } from '../trial/params.js';
import type { Worker } from './contract.js';
import { describeWorker } from './define.js';

/** Proposed values held against the worker's own types; what is wrong, as texts. */
export function findParamFaults(
  worker: Worker,
  checks: Readonly<Record<string, readonly Value[]>>,
  points: readonly Readonly<Record<string, Value>>[],
  shared?: unknown,
): readonly string[] {
  const faults: string[] = [];
  for (const [name, values] of Object.entries(checks)) {
    const type = worker.params[name] as z.ZodType | undefined;
    if (type === undefined) continue;
    const bad = values.flatMap((value) => {
      const parsed = type.safeParse(value);
      return parsed.success
        ? []
        : [`${JSON.stringify(value)} (${parsed.error.issues.map((i) => i.message).join('; ')})`];
    });
    if (bad.length > 0) {
      const shown = bad.slice(0, 3).join(', ');
      faults.push(`${name}: ${shown}${bad.length > 3 ? ` and ${bad.length - 3} more` : ''}`);
    }
  }
  if (faults.length === 0 && worker.check !== undefined) {
    for (const point of points)
      for (const fault of worker.check(point as never, shared))
        if (!faults.includes(fault)) faults.push(fault);
  }
  return faults;
}

/** Whole points of a space as the worker's `check` wants them: defaults filled in. */
export function fillPoints(worker: Worker, points: readonly Point[]): Record<string, Value>[] {
  const { params } = describeWorker(worker);
  return points.map((point) => fillParams(point, params, {}));
}
