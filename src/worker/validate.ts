// Holds proposed values against a worker's own types, before anything runs.
import { z } from 'zod';
import { SweeplineError } from '../ground/errors.js';
import { showValue } from '../ground/shape.js';
import type { Point, Value } from '../space/types.js';
import { canonicalValue, isSameValue, isStructured } from '../space/value.js';
import { fillParams } from '../trial/params.js';
import type { Worker } from './contract.js';
import { describeWorker } from './define.js';
import { describeParam } from './params.js';

/** Proposed values held against the worker's own types; what is wrong, as texts. */
export function findParamFaults(
  worker: Worker,
  checks: Readonly<Record<string, readonly Value[]>>,
  points: readonly Readonly<Record<string, Value>>[],
  shared?: unknown,
): readonly string[] {
  const faults: string[] = [];
  for (const [name, values] of Object.entries(checks)) {
    if (!Object.hasOwn(worker.params, name)) continue;
    const type = worker.params[name] as z.ZodType;
    const bad = values.flatMap((value) => {
      const why = findValueFault(type, value);
      return why === undefined ? [] : [`${showValue(value)} (${why})`];
    });
    if (bad.length > 0) {
      const shown = bad.slice(0, 3).join(', ');
      const more = bad.length > 3 ? ` and ${bad.length - 3} more` : '';
      faults.push(`${name}: ${shown}${more}${adviseOnList(name, type, values)}`);
    }
  }
  if (faults.length === 0 && worker.check !== undefined) {
    for (const point of points)
      for (const fault of askCheck(worker.check, point, shared))
        if (!faults.includes(fault)) faults.push(fault);
  }
  return faults;
}

/** For those who wrote the list that is one value in place of the list of values. */
function adviseOnList(name: string, type: unknown, values: readonly Value[]): string {
  const described = describeParam(name, type);
  if (typeof described === 'string' || described.type !== 'json' || values.some(isStructured)) return '';
  return `; for one value that is a list write a list of it: [${canonicalValue(values.slice(0, 8))}]`;
}

/** What the worker's `check` says of a point; what is wrong with it itself is a fault, too. */
function askCheck(
  check: NonNullable<Worker['check']>,
  point: Readonly<Record<string, Value>>,
  shared: unknown,
): readonly string[] {
  let said: unknown;
  try {
    said = check(point as never, shared);
  } catch (error) {
    if (error instanceof SweeplineError) throw error;
    const why = error instanceof Error ? `${error.name}: ${error.message}` : showValue(error);
    return [`the worker's check throws ${why} at ${showValue(point)}`];
  }
  if (Array.isArray(said) && said.every((fault) => typeof fault === 'string')) return said;
  return [`the worker's check returns ${showValue(said)}; expected a list of texts, [] where all is well`];
}

/** What the worker's `cost` says of a whole point. Throws BAD_DEFINITION where that is no cost. */
export function costOf(worker: Worker, point: Readonly<Record<string, Value>>, shared: unknown): number {
  let said: unknown;
  try {
    said = worker.cost!(point as never, shared);
  } catch (error) {
    said = error;
  }
  if (typeof said === 'number' && said > 0 && Number.isFinite(said)) return said;
  const what = said instanceof Error ? `throws ${said.name}: ${said.message}` : `returns ${showValue(said)}`;
  throw new SweeplineError(
    'BAD_DEFINITION',
    `worker ${worker.name}: its cost ${what} at ${showValue(point)}; expected a finite number above 0`,
  );
}

/** Why a type does not take a value; a type's own check may change it, of which nothing but this tells. */
function findValueFault(type: z.ZodType, value: Value): string | undefined {
  let parsed: ReturnType<typeof z.safeParse>;
  try {
    parsed = z.safeParse(type, value);
  } catch (error) {
    return `its check throws ${error instanceof Error ? `${error.name}: ${error.message}` : showValue(error)}`;
  }
  if (!parsed.success) return parsed.error.issues.map((issue) => issue.message).join('; ');
  if (isSameValue(parsed.data as Value, value)) return undefined;
  return `its type makes ${showValue(parsed.data)} of it; expected one that leaves values as they are`;
}

/** Whole points of a space as the worker's `check` wants them: defaults filled in. */
export function fillPoints(worker: Worker, points: readonly Point[]): Record<string, Value>[] {
  const { params } = describeWorker(worker);
  return points.map((point) => fillParams(point, params, {}));
}
