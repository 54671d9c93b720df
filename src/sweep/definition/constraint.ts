// The constraint of a sweep (`where`): one function, or several that look at certain axes only and so can rule out many
// points at once. What it does wrong (throws, returns no boolean, reads what is no axis) is the author's, in words.
import { SweeplineError } from '../../ground/errors.js';
import { showValue } from '../../ground/shape.js';
import { describeUnknown, formatCount } from '../../ground/text.js';
import type { Space } from '../../space/space.js';
import type { Point } from '../../space/types.js';
import { adviseOnMetrics, comparisonsOf } from './aims.js';

type Accepts = (point: Point) => boolean;

/** As an author writes it: `p.a < p.b` shall compile whatever the axes hold. */
// biome-ignore lint/suspicious/noExplicitAny: the types of the axes are the worker's, which a sweep does not load
type Written = (point: any) => boolean;

/** On the named axes alone; a point that lacks one of them passes. */
export type NamedConstraint = readonly [names: readonly string[], accepts: Written];

/** `(p) => p.a < p.b`, or `[['a', 'b'], (p) => p.a < p.b]`, or a list of those, all of which must hold. */
export type ConstraintInput = Written | NamedConstraint | readonly (Written | NamedConstraint)[];

/** The names that a function may read, and the point through which reading another one is told. */
type Watch = (point: Point, own: readonly string[] | null) => Point;

export interface ConstraintPart {
  /** The axes it looks at; null: any. */
  readonly names: readonly string[] | null;
  accepts(point: Point, watch?: Watch): boolean;
}

/** True where every part holds. Throws BAD_DEFINITION where one fails. Its text is that of the author's functions. */
export interface Constraint {
  (point: Point): boolean;
  readonly parts: readonly ConstraintPart[];
}

const EXPECTED =
  "expected a function of a point, such as (p) => p.a < p.b, or [['a', 'b'], (p) => p.a < p.b]";

export function readConstraint(given: unknown, faults: string[]): Constraint | null {
  if (given === undefined || given === null) return null;
  const list = Array.isArray(given) && !isNamed(given) ? given : [given];
  const parts: ConstraintPart[] = [];
  for (const each of Array.from(list as unknown[])) {
    if (typeof each === 'function') parts.push(readFree(each as Accepts));
    else if (isNamed(each)) parts.push(readNamed(each));
    else faults.push(`where: ${EXPECTED}; found ${showValue(each)}`);
  }
  if (list.length === 0) faults.push(`where: ${EXPECTED}; found []`);
  if (parts.length < list.length) return null;
  const [only] = list as readonly unknown[];
  const accepts: Accepts =
    list.length === 1 && typeof only === 'function'
      ? guard(only as Accepts) // straight through: it is called for every point
      : (point) => parts.every((part) => part.accepts(point));
  const text = typeof given === 'function' ? String(given) : list.map(textOf).join('\n');
  return Object.assign(accepts, { parts, toString: () => text });
}

function isNamed(given: unknown): given is NamedConstraint {
  if (!Array.isArray(given) || given.length !== 2) return false;
  const [names, accepts] = given as readonly unknown[];
  const isNames = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string');
  return isNames && typeof accepts === 'function';
}

function textOf(part: unknown): string {
  return isNamed(part) ? `${JSON.stringify(part[0])} ${part[1]}` : String(part);
}

function readFree(accepts: Accepts): ConstraintPart {
  const guarded = guard(accepts);
  return {
    names: null,
    accepts: (point, watch) => guarded(watch === undefined ? point : watch(point, null)),
  };
}

/** It gets the named axes alone: what it answers can depend on nothing else. */
function readNamed([names, accepts]: NamedConstraint): ConstraintPart {
  const guarded = guard(accepts);
  return {
    names,
    accepts(point, watch) {
      const few: Record<string, Point[string]> = {};
      for (const name of names) {
        if (!Object.hasOwn(point, name)) return true;
        few[name] = point[name]!;
      }
      return guarded(watch === undefined ? few : watch(few, names));
    },
  };
}

function guard(accepts: Accepts): Accepts {
  return (point) => {
    let answer: unknown;
    try {
      answer = accepts(point);
    } catch (cause) {
      if (cause instanceof SweeplineError) throw cause;
      const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : showValue(cause);
      throw failed(`throws at ${showPoint(point)}: ${why}`, { cause });
    }
    if (typeof answer === 'boolean') return answer;
    throw failed(`returns ${showValue(answer)} at ${showPoint(point)}; expected true or false`, {
      hint: 'a function with braces needs `return`: (p) => { return p.a < p.b; }',
    });
  };
}

function failed(what: string, details: { readonly cause?: unknown; readonly hint?: string }): SweeplineError {
  return new SweeplineError('BAD_DEFINITION', `the constraint (where) ${what}`, details);
}

function showPoint(point: Point): string {
  return showValue({ ...point });
}

/** Spaces up to this size are watched whole, and larger ones at so many points. */
const WATCHED = 20_000;
const SAMPLE = 1000;
/** Spaces up to this size are searched for a point that passes. */
const SEARCHED = 200_000;

export interface Surveyed {
  /** Points as the constraint will see them. */
  readonly space: Pick<Space, 'points' | 'at'>;
  /** False where they only stand for what will be drawn. */
  readonly isExact: boolean;
  readonly axes: readonly string[];
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Names of the worker's metrics, which are known only once a trial has run. */
  readonly metrics: readonly string[];
}

/** Throws BAD_DEFINITION where the constraint fails at some point, reads what is no axis, or leaves nothing. */
export function checkConstraint(where: Constraint, surveyed: Surveyed): void {
  const { space, isExact, axes, fixed, metrics } = surveyed;
  for (const name of where.parts.flatMap(({ names }) => names ?? []))
    if (!axes.includes(name)) throw failed(`is on ${describeRead(name, axes, fixed)}`, {});
  const describe = (name: string, own: readonly string[] | null) =>
    own === null || !axes.includes(name)
      ? describeRead(name, axes, fixed)
      : `"${name}", which is not among the axes that it is on (${own.join(', ')})`;
  const refuse = (name: string, own: readonly string[] | null) => {
    const isMetric = metrics.includes(name) && !Object.hasOwn(fixed, name);
    return isMetric
      ? failed(`reads "${name}", a metric, which no point has before its trial has run`, {
          hint: adviseOnMetrics(comparisonsOf(String(where)) ?? [`${name} <= 1`]),
        })
      : failed(`reads ${describe(name, own)}`, {
          hint: 'it sees the axes only, and must depend on nothing else',
        });
  };
  const watch: Watch = (point, own) => watchReads(point, own ?? axes, (name) => refuse(name, own));
  const { points } = space;
  const isWhole = points <= WATCHED;
  let accepted = 0;
  for (const i of isWhole ? range(points) : sampleOf(points, SAMPLE)) {
    const point = space.at(i);
    if (where.parts.every((part) => part.accepts(point, watch))) accepted++;
  }
  if (!isExact || accepted > 0 || points > SEARCHED) return;
  if (!isWhole) for (const i of range(points)) if (where(space.at(i))) return;
  throw failed(`leaves none of ${formatCount(points)} points`, {
    hint: `it refuses even ${showPoint(space.at(0))}: widen it, or give the axes values for which it holds`,
  });
}

export interface Passing {
  readonly accepted: number;
  readonly of: number;
}

/** How many of a sample of points, by their numbers, pass. */
export function countPassing(points: number, accepts: (index: number) => boolean): Passing {
  let accepted = 0;
  let of = 0;
  for (const i of sampleOf(points, 10_000)) {
    of++;
    if (accepts(i)) accepted++;
  }
  return { accepted, of };
}

function range(length: number): Iterable<number> {
  return { [Symbol.iterator]: () => numbers(length, (i) => i) };
}

/** One number of each of `most` equal parts, where in it by the golden ratio: even steps would miss whole axes. */
export function sampleOf(length: number, most: number): Iterable<number> {
  if (length <= most) return range(length);
  const at = (i: number) => Math.floor(((i + ((i * 0.6180339887498949) % 1)) / most) * length);
  return { [Symbol.iterator]: () => numbers(most, at) };
}

function* numbers(count: number, at: (i: number) => number): Generator<number> {
  for (let i = 0; i < count; i++) yield at(i);
}

/** The point, through which reading a name that no point has is told instead of being undefined. */
function watchReads(
  point: Point,
  legal: readonly string[],
  refuseName: (name: string) => SweeplineError,
): Point {
  const look = (name: string | symbol): void => {
    // JSON asks for toJSON, `await` for then.
    if (typeof name === 'symbol' || Object.hasOwn(point, name) || name in Object.prototype) return;
    if (legal.includes(name) || name === 'toJSON' || name === 'then') return;
    throw refuseName(name);
  };
  const refuse = (): never => {
    throw failed('changes the point it is given; expected a function that only looks', {});
  };
  return new Proxy(point, {
    get(target, name) {
      look(name);
      return Reflect.get(target, name);
    },
    has(target, name) {
      look(name);
      return Reflect.has(target, name);
    },
    getOwnPropertyDescriptor(target, name) {
      look(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    set: refuse,
    deleteProperty: refuse,
    defineProperty: refuse,
  });
}

function describeRead(name: string, axes: readonly string[], fixed: Surveyed['fixed']): string {
  if (Object.hasOwn(fixed, name)) {
    return `"${name}", which is fixed at ${showValue(fixed[name])} and no axis (axes: ${axes.join(', ')})`;
  }
  return `"${name}": ${describeUnknown('axis', name, axes)}`;
}
