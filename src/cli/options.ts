// The options that commands share, and how each value is read. A reader says what was expected; that an option was
// given at all is told by parseCall.
import { SweeplineError } from '../ground/errors.js';
import { readBytes, readDuration, readFraction, readNumber } from '../ground/quantity.js';
import { describeUnknown } from '../ground/text.js';
import type { AxisDomain } from '../space/types.js';
import { parseAxisValues } from '../space/values.js';
import type { ToleranceParts } from '../trial/tolerance.js';
import type { OptionSpec } from './command.js';

/** An option with one value. */
export function option<T>(
  group: string,
  flags: string,
  about: string,
  read: (text: string) => T,
): OptionSpec<T> {
  return { flags, about, group, read };
}

/** An option that may be given many times. */
export function listOption<T>(
  group: string,
  flags: string,
  about: string,
  read: (text: string, before: readonly T[]) => T,
): OptionSpec<readonly T[]> {
  return { flags, about, group, isMany: true, read: (text, before = []) => [...before, read(text, before)] };
}

export function switchOption(group: string, flags: string, about: string): OptionSpec<true> {
  return { flags, about, group, read: () => true };
}

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(number) && number >= least) return number;
    const most = number > Number.MAX_SAFE_INTEGER ? ' and at most 9,007,199,254,740,991' : '';
    throw new SweeplineError('BAD_USAGE', `expected a whole number of at least ${least}${most}`);
  };
}

/** A whole number, negative ones too. */
export function integer(text: string): number {
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number + 0; // -0 is 0
  throw new SweeplineError('BAD_USAGE', 'expected a whole number');
}

/** `cuda:0,cuda:1`, or `auto`. */
export function readDevices(text: string): readonly string[] {
  const devices = text.split(',').map((part) => part.trim());
  const isSound = text === 'auto' || devices.every((device) => /^cuda:\d+$/.test(device));
  if (isSound && new Set(devices).size === devices.length) return devices;
  throw new SweeplineError('BAD_USAGE', 'expected different devices such as cuda:0,cuda:1, or auto');
}

/** `1,2,3` */
export function readSeeds(text: string): number[] {
  const seeds = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (seeds.every((seed) => seed < 2 ** 32)) return seeds;
  throw new SweeplineError('BAD_USAGE', 'expected whole numbers from 0 to 2^32 - 1, such as 1,2,3');
}

export function oneOf<T extends string>(...legal: readonly T[]): (text: string) => T {
  return (text) => {
    const found = legal.find((known) => known === text);
    if (found !== undefined) return found;
    throw new SweeplineError('BAD_USAGE', describeUnknown('value', text, legal));
  };
}

export function anyText(text: string): string {
  if (text.trim() !== '') return text;
  throw new SweeplineError('BAD_USAGE', 'expected a name or a path, found nothing');
}

/** For commands on a run whose project has been moved away from it. */
export const sweepOption = option(
  'Where its definition is',
  '--sweep <file>',
  'the sweep file, if it is no longer found from the run folder',
  anyText,
);

/** For commands on a run that no file defines. */
export const commandOption = option(
  'Where its definition is',
  '--command <line>',
  'the command of the run, if it was not given on this machine before',
  anyText,
);

export interface AxisSetting {
  readonly axis: string;
  readonly values: AxisDomain;
}

/** `h=lin(0,2,81)`. */
export function readSetting(text: string, before: readonly AxisSetting[]): AxisSetting {
  const at = text.indexOf('=');
  const axis = text.slice(0, Math.max(at, 0)).trim();
  if (axis === '') throw new SweeplineError('BAD_USAGE', 'expected axis=values, such as h=lin(0,2,81)');
  if (before.some((one) => one.axis === axis)) {
    throw new SweeplineError(
      'BAD_USAGE',
      `the axis "${axis}" is set twice; expected one list of all its values`,
    );
  }
  return { axis, values: parseAxisValues(text.slice(at + 1)) };
}

type Named<T> = readonly [name: string, value: T];

/** Throws where a name that takes one value has one already. */
export function requireNew(name: string, before: readonly Named<unknown>[]): string {
  if (!before.some(([earlier]) => earlier === name)) return name;
  throw new SweeplineError('BAD_USAGE', `${name} is given twice; expected one value`);
}

/** `tolerance=1e-6`: numbers, true and false as such, all else as text. */
export function readSamplerOption(text: string, before: readonly Named<unknown>[]): Named<unknown> {
  const [name, value] = text.split(/=(.*)/s);
  if (!name || !value) throw new SweeplineError('BAD_USAGE', 'expected name=value, such as tolerance=1e-6');
  requireNew(name, before);
  const number = readNumber(value);
  return [
    name,
    value === 'true' || value === 'false' ? value === 'true' : Number.isNaN(number) ? value : number,
  ];
}

export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** As a scheduler says it, which is asked when the command runs; `count` where it does not tell. */
export interface AutoShard {
  readonly auto: true;
  readonly count?: number;
}

/** `2/3`: the second of three shards; `auto` and `auto/3`: as the scheduler says. */
export function readShard(text: string): Shard | AutoShard {
  const [isAuto, of] = /^auto(?:\/([1-9]\d*))?$/.exec(text) ?? [];
  if (isAuto !== undefined) return { auto: true, ...(of === undefined ? {} : { count: Number(of) }) };
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count };
  throw new SweeplineError(
    'BAD_USAGE',
    'expected i/n with i from 1 to n, such as 2/3 for the second of three, or auto',
  );
}

/** A number, or `auto`. */
export function replicates(text: string): number | 'auto' {
  if (text === 'auto') return text;
  try {
    return wholeNumber(1)(text);
  } catch (cause) {
    if (!(cause instanceof SweeplineError)) throw cause;
    throw new SweeplineError('BAD_USAGE', `${cause.message}, or auto`, { cause });
  }
}

/** `0.95`, `1e-3`. */
export function finiteNumber(text: string): number {
  const value = readNumber(text);
  if (!Number.isNaN(value)) return value;
  throw new SweeplineError('BAD_USAGE', 'expected a number such as 0.95 or 1e-3');
}

/** `90s`, `10m`, `2h`, in milliseconds. */
export function duration(text: string): number {
  const ms = readDuration(text);
  if (ms !== undefined) return ms;
  throw new SweeplineError('BAD_USAGE', 'expected a time such as 90s, 10m or 2h');
}

/** `10m`, or `300%` of what is usual. */
export function timeout(text: string): number | { readonly fraction: number } {
  const fraction = readFraction(text);
  const found = fraction === undefined ? readDuration(text) : { fraction };
  if (found !== undefined) return found;
  throw new SweeplineError(
    'BAD_USAGE',
    'expected a time such as 90s, 10m or 2h, or a percentage of the median trial such as 300%',
  );
}

/** `2g`, in bytes. */
export function byteSize(text: string): number {
  const bytes = readBytes(text);
  if (bytes !== undefined) return bytes;
  throw new SweeplineError('BAD_USAGE', 'expected a size such as 512m or 2g');
}

/** `20`, or `5%` as a fraction; `100%` is no limit. */
export function maxFailures(text: string): number | { readonly fraction: number } {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const fraction = readFraction(text);
  if (fraction !== undefined && fraction <= 1) return { fraction };
  throw new SweeplineError(
    'BAD_USAGE',
    'expected a number of trials such as 20, or a fraction such as 5%; 100% is no limit',
  );
}

/** `20`, or `5%` as a fraction. */
export function readSampleSize(text: string): number | { readonly fraction: number } {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number.isSafeInteger(Number(text))) return Number(text);
  const percent = text.endsWith('%') ? readNumber(text.slice(0, -1)) : Number.NaN;
  if (percent > 0 && percent <= 100) return { fraction: percent / 100 };
  throw new SweeplineError('BAD_USAGE', 'expected a number of trials such as 20, or a fraction such as 5%');
}

/** `loss=1e-4` */
export function readTolerance(text: string, before: readonly Named<number>[]): Named<number> {
  const [name, value = ''] = text.split(/=(.*)/s);
  const tolerance = readNumber(value);
  if (name && tolerance >= 0) return [requireNew(name, before), tolerance];
  throw new SweeplineError('BAD_USAGE', 'expected metric=tolerance, such as loss=1e-4');
}

/**
 * `loss=0.01`, in the metric's unit, or `loss=5%` of the baseline's value, or one after the other. Names may hold a `=`,
 * amounts do not.
 */
export function readMetricTolerance(
  text: string,
  before: readonly Named<ToleranceParts>[],
): Named<ToleranceParts> {
  const [, name, amount = ''] = /^(.+)=([^=]*)$/s.exec(text) ?? [];
  const isPercent = amount.endsWith('%');
  const number = readNumber(isPercent ? amount.slice(0, -1) : amount);
  if (name !== undefined && number >= 0)
    return [
      requireNew(
        name,
        before.filter(([, { relative }]) => isPercent === (relative !== undefined)),
      ),
      isPercent ? { relative: number / 100 } : { absolute: number },
    ];
  throw new SweeplineError(
    'BAD_USAGE',
    'expected metric=amount of at least 0, such as accuracy=0.01 or loss=5%',
  );
}

/** A probability, such as 0.05. */
export function readLevel(text: string): number {
  const level = readNumber(text);
  if (level > 0 && level < 1) return level;
  throw new SweeplineError('BAD_USAGE', 'expected a number between 0 and 1, such as 0.05');
}

export function readDevice(text: string): string {
  if (/^(auto|cpu|webgpu|cuda(:\d+)?)$/.test(text)) return text;
  throw new SweeplineError(
    'BAD_USAGE',
    describeUnknown('device', text, ['auto', 'cpu', 'webgpu', 'cuda', 'cuda:0']),
  );
}
