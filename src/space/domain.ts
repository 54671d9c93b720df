// Domains: builders for definition files, what can be drawn from each, and the drawing itself. Which sampler takes which
// domain is not decided here; the command line's `uniform(0,1)` and its like are read in values.ts.
import type { Random } from '../ground/random.js';
import { axisIndexOf, compileAxis } from './axis.js';
import type { AxisDomain, AxisValues, Domain, Value } from './types.js';
import { copyValue } from './value.js';
import { checkAxisValues } from './values.js';

/**
 * Numbers from `from` to `to`, both included; with a step only from, from + step, … up to `to`.
 * Throws BAD_DEFINITION.
 */
export function uniform(from: number, to: number, step?: number): Domain {
  return checkAxisValues({ kind: 'uniform', ...endsAndStep(from, to, step) });
}

/** Numbers from `from` to `to` (above 0), both included, whose logarithm is uniform. Throws BAD_DEFINITION. */
export function loguniform(from: number, to: number): Domain {
  return checkAxisValues({ kind: 'loguniform', ...endsAndStep(from, to, undefined) });
}

/** The whole numbers from, from + step, … up to `to`; step is 1 where none is given. Throws BAD_DEFINITION. */
export function int(from: number, to: number, step?: number): Domain {
  return checkAxisValues({ kind: 'int', ...endsAndStep(from, to, step) });
}

/**
 * The whole numbers from `from` (at least 1) to `to`, small ones more often: each is as likely as the part of the
 * logarithmic scale that rounds to it. Throws BAD_DEFINITION.
 */
export function logint(from: number, to: number): Domain {
  return checkAxisValues({ kind: 'logint', from, to });
}

/** Normally distributed numbers; `sd` is their standard deviation, above 0. Throws BAD_DEFINITION. */
export function normal(mean: number, sd: number): Domain {
  return checkAxisValues({ kind: 'normal', mean: withoutNegativeZero(mean), sd });
}

/** One of the values, each as likely as any other. Throws BAD_DEFINITION. */
export function choice(...values: readonly Value[]): Domain {
  checkAxisValues({ kind: 'choice', values }); // a copy of what is no value would be one
  return { kind: 'choice', values: values.map(copyValue) };
}

function withoutNegativeZero(end: number): number {
  return end === 0 ? 0 : end;
}

function endsAndStep(from: number, to: number, step: number | undefined) {
  const ends = { from: withoutNegativeZero(from), to: withoutNegativeZero(to) };
  return step === undefined ? ends : { ...ends, step };
}

/** True for what only a sampler can draw from; false for values that have positions. */
export function isDomain(values: AxisDomain): values is Domain {
  return DOMAINS.has(values.kind);
}

const DOMAINS: ReadonlySet<string> = new Set(['uniform', 'loguniform', 'int', 'logint', 'normal', 'choice']);

const finite = new WeakMap<Domain, AxisValues>();

/**
 * Exactly the values that can be drawn from a sound domain, in order and by position; undefined for an open one
 * (`loguniform`, `normal`, and `uniform` without a step). Values that have positions already are their own. One object per domain.
 */
export function toFiniteValues(values: AxisDomain): AxisValues | undefined {
  if (!isDomain(values)) return values;
  let made = finite.get(values);
  if (made === undefined) {
    made = makeFinite(values);
    if (made !== undefined) finite.set(values, made);
  }
  return made;
}

function makeFinite(domain: Domain): AxisValues | undefined {
  switch (domain.kind) {
    case 'choice':
      return { kind: 'list', values: domain.values };
    case 'int':
      return { kind: 'range', from: domain.from, to: domain.to, step: domain.step ?? 1 };
    case 'uniform':
      return domain.step === undefined
        ? undefined
        : { kind: 'range', from: domain.from, to: domain.to, step: domain.step };
    case 'logint':
      return { kind: 'range', from: domain.from, to: domain.to, step: 1 };
    case 'loguniform':
    case 'normal':
      return undefined;
  }
}

/** True where every value of the domain is as likely as any other, and there are finitely many. */
export function isEven(values: AxisDomain): boolean {
  return values.kind !== 'logint' && toFiniteValues(values) !== undefined;
}

/** A value from a sound domain (see `findAxisFaults`), or one of the values of an axis. Never -0. */
export function drawFrom(values: AxisDomain, random: Random): Value {
  if (values.kind === 'uniform' && values.step === undefined) {
    return drawUniform(values.from, values.to, random.uniform());
  }
  if (values.kind === 'loguniform') {
    const { from, to } = values;
    const drawn = Math.exp(drawUniform(Math.log(from), Math.log(to), random.uniform()));
    return Math.min(Math.max(drawn, from), to);
  }
  if (values.kind === 'logint') {
    // The ends are half a step out, so that the outermost numbers get their whole share.
    const [low, high] = [Math.log(values.from - 0.5), Math.log(values.to + 0.5)];
    const drawn = Math.round(Math.exp(drawUniform(low, high, random.uniform())));
    return Math.min(Math.max(drawn, values.from), values.to);
  }
  if (values.kind === 'normal') return values.mean + values.sd * random.normal() + 0;
  return drawValue(toFiniteValues(values)!, random);
}

/** A value at a uniformly chosen position. */
export function drawValue(values: AxisValues, random: Random): Value {
  const axis = compileAxis(values);
  return axis.at(random.below(axis.length));
}

/** True for what can be drawn from a sound domain, or stands among the values of an axis. */
export function contains(values: AxisDomain, value: Value): boolean {
  const listed = toFiniteValues(values);
  if (listed !== undefined) return axisIndexOf(listed, value) >= 0;
  if (values.kind === 'normal') return typeof value === 'number';
  const { from, to } = values as { readonly from: number; readonly to: number };
  return typeof value === 'number' && from <= value && value <= to;
}

/** The number a fraction `u` in [0, 1) of the way between two ends, rounding kept inside them. */
function drawUniform(from: number, to: number, u: number): number {
  const width = to - from;
  // Ends further apart than the largest float64: weigh them instead.
  const drawn = width === Number.POSITIVE_INFINITY ? from * (1 - u) + to * u : from + u * width;
  return Math.min(Math.max(drawn, from), to) + 0;
}
