// Finds what is wrong with the values or the domain of one axis: every fault at once, in words for its author.
import { isPlainObject, showValue } from '../ground/shape.js';
import { describeUnknown, formatCount } from '../ground/text.js';
import { ulp } from './axis.js';
import type { AxisDomain, Domain, Value } from './types.js';
import { canonicalValue, findValueFault, isDistinct } from './value.js';

/** A Map, by which values are found again, holds 2^24 at most. */
export const MOST_LISTED = 16_000_000;

type Ends = { readonly from: number; readonly to: number };

const KINDS: readonly AxisDomain['kind'][] = [
  'list',
  'lin',
  'log',
  'range',
  'uniform',
  'loguniform',
  'int',
  'logint',
  'normal',
  'choice',
];

/** Faults of what one axis holds, none if it is sound. `repeats`: a list may hold a value twice (zipped axes do). */
export function findAxisFaults(values: AxisDomain, repeats = false): string[] {
  const given: unknown = values;
  if (!isPlainObject(given)) return [`expected the values of an axis, found ${showValue(given)}`];
  switch (values.kind) {
    case 'list':
      return findListFaults(values, repeats);
    case 'choice':
      return findListFaults(values, false);
    case 'lin':
      return (
        first(findNumberFaults({ from: values.from, to: values.to })) ??
        first(findCountFaults(values)) ??
        findFinenessFaults(values.from, values.to, (values.to - values.from) / Math.max(1, values.count - 1))
      );
    case 'log':
      return (
        first(findNumberFaults({ from: values.from, to: values.to })) ??
        first(findLogEndFaults(values)) ??
        first(findCountFaults(values)) ??
        findLogFinenessFaults(values)
      );
    case 'range':
      return (
        first(findNumberFaults({ from: values.from, to: values.to, step: values.step })) ??
        findRangeFaults(values)
      );
    case 'uniform':
      return first(findNumberFaults(numbersOf(values))) ?? findUniformFaults(values);
    case 'loguniform':
      return (
        first(findNumberFaults(numbersOf(values))) ?? [
          ...findLogEndFaults(values),
          ...findOrderFaults(values),
        ]
      );
    case 'int':
      return first(findWholeFaults(numbersOf(values))) ?? findIntFaults(values);
    case 'logint':
      return (
        first(findWholeFaults(numbersOf(values))) ?? [...findLogEndFaults(values), ...findOrderFaults(values)]
      );
    case 'normal':
      return first(findNumberFaults({ mean: values.mean, sd: values.sd })) ?? findSpreadFaults(values);
    default: {
      const { kind } = values as { readonly kind?: unknown };
      return [describeUnknown('kind of axis', typeof kind === 'string' ? kind : showValue(kind), KINDS)];
    }
  }
}

function first(faults: string[]): string[] | undefined {
  return faults.length > 0 ? faults : undefined;
}

/** The ends, and the step where one is given. */
function numbersOf(domain: Exclude<Domain, { kind: 'choice' | 'normal' }>): Record<string, number> {
  const { from, to } = domain;
  return 'step' in domain && domain.step !== undefined ? { from, to, step: domain.step } : { from, to };
}

function findUniformFaults(domain: Ends & { readonly step?: number }): string[] {
  const { from, to, step } = domain;
  if (step === undefined) return findOrderFaults(domain);
  return (
    first([...findOrderFaults(domain), ...findStepFaults(domain, step)]) ??
    findRangeFaults({ from, to, step })
  );
}

function findIntFaults(domain: Ends & { readonly step?: number }): string[] {
  const faults = [...findOrderFaults(domain), ...findStepFaults(domain, domain.step ?? 1)];
  if (faults.length === 0 && !Number.isSafeInteger(domain.to - domain.from)) {
    faults.push(`the ends are ${domain.to - domain.from} apart; expected less than 2^53`);
  }
  return faults;
}

function findOrderFaults({ from, to }: Ends): string[] {
  if (from === to) return [`both ends are ${from}; expected two ends, or the value itself: write ${from}`];
  return from > to ? [`from ${from} to ${to} goes down; expected the lower end first`] : [];
}

function findStepFaults({ from, to }: Ends, step: number): string[] {
  if (step <= 0) return [`step is ${step}; expected a number above 0`];
  return from < to && step > to - from
    ? [`step is ${step}, but the ends are ${to - from} apart; expected a step that is not longer`]
    : [];
}

function findSpreadFaults({ sd }: { readonly sd: number }): string[] {
  return sd > 0 ? [] : [`sd is ${sd}; expected a standard deviation above 0`];
}

function findWholeFaults(numbers: Readonly<Record<string, number>>): string[] {
  return Object.entries(numbers)
    .filter(([, value]) => !Number.isSafeInteger(value))
    .map(([name, value]) => `${name} is ${showValue(value)}; expected a whole number between -2^53 and 2^53`);
}

function findListFaults(
  { values: list, texts }: { readonly values: readonly Value[]; readonly texts?: readonly string[] },
  repeats: boolean,
): string[] {
  if (!Array.isArray(list)) return [`values: expected a list, found ${showValue(list)}`];
  if (list.length === 0) return ['no values; expected at least one'];
  if (list.length > MOST_LISTED)
    return [
      `${formatCount(list.length)} values; expected at most ${formatCount(MOST_LISTED)}: lin(…), log(…) and range(…) may have any number`,
    ];
  const faults = findUnsound(list);
  if (repeats || faults.length > 0 || isDistinct(list)) return faults;
  const shown = list.map(canonicalValue);
  // Until the type of the parameter is known, what was written counts too: 1 and 1.0 are two texts.
  return texts === undefined ? findRepeats(shown) : findRepeats(texts, shown);
}

const sound = new WeakSet<readonly unknown[]>();

/** What is no value, looked for once a list: it must not change. */
function findUnsound(list: readonly unknown[]): string[] {
  if (sound.has(list)) return [];
  const faults: string[] = [];
  // Not forEach and its like: a hole in a list is undefined.
  for (let i = 0; i < list.length; i++) {
    const fault = findValueFault(list[i]);
    if (fault !== undefined) faults.push(fault);
  }
  if (faults.length === 0) sound.add(list);
  return faults;
}

/** A fault for every text that is there more than once; with `kinds`, for those of one kind. */
export function findRepeats(texts: readonly string[], kinds: readonly string[] = texts): string[] {
  const seen = new Map<string, { readonly text: string; times: number }>();
  texts.forEach((text, i) => {
    const place = JSON.stringify([text, kinds[i]]);
    const found = seen.get(place) ?? { text, times: 0 };
    found.times++;
    seen.set(place, found);
  });
  return [...seen.values()]
    .filter(({ times }) => times > 1)
    .map(({ text, times }) => `${text} is given ${times} times; expected once`);
}

function findNumberFaults(numbers: Readonly<Record<string, number>>): string[] {
  return Object.entries(numbers)
    .filter(([, value]) => typeof value !== 'number' || !Number.isFinite(value))
    .map(([name, value]) => `${name} is ${showValue(value)}; expected a finite number`);
}

function findCountFaults({ from, to, count }: Ends & { readonly count: number }): string[] {
  if (!Number.isSafeInteger(count) || count < 1)
    return [`count is ${showValue(count)}; expected a whole number of at least 1`];
  if (count === 1 && from !== to)
    return [`count is 1, but ${from} and ${to} are two ends; expected at least 2`];
  if (count > 1 && from === to)
    return [`both ends are ${from}, but count is ${count}; expected different ends or count 1`];
  return [];
}

function findLogEndFaults({ from, to }: Ends): string[] {
  return [from, to].filter((end) => end <= 0).map((end) => `${end} has no logarithm; expected ends above 0`);
}

function findRangeFaults({ from, to, step }: Ends & { readonly step: number }): string[] {
  if (step === 0) return ['step is 0; expected any other number'];
  if ((to - from) * step < 0) {
    return [`${from} to ${to} is never reached in steps of ${step}; expected a step of the other sign`];
  }
  // Whole numbers below 2^53 are exact, however close.
  if ([from, to, step, to - from].every(Number.isSafeInteger)) return [];
  if (Math.abs((to - from) / step) >= Number.MAX_SAFE_INTEGER)
    return [`step ${step} is too small for float64`];
  return from === to ? [] : findFinenessFaults(from, to, step);
}

/** Values closer than a few units in the last place would not be different numbers. */
function findFinenessFaults(from: number, to: number, step: number): string[] {
  const finest = 8 * ulp(Math.max(Math.abs(from), Math.abs(to)));
  if (from === to || Math.abs(step) >= finest) return [];
  return [
    `neighbours would be ${step} apart; expected at least ${finest}, or float64 cannot tell them apart`,
  ];
}

function findLogFinenessFaults({ from, to, count }: Ends & { readonly count: number }): string[] {
  if (from === to || Math.abs(Math.log(to / from)) / (count - 1) >= 1e-11) return [];
  return [
    `${count} values are too many between ${from} and ${to}; neighbours must differ by 1e-11 of their size`,
  ];
}
