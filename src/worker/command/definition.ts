// A worker of one command that was given on the command line: plain data, which a run's manifest keeps, and a URL by which
// host processes load it as they load a worker's file. Nothing of it is code.
import { isPlainObject } from '../../ground/shape.js';
import type { AxisDomain } from '../../space/types.js';
import type { MetricSpec } from '../../trial/metrics.js';
import type { SpaceParam } from '../../trial/params.js';
import type { Keep, ReadFrom } from './contract.js';

export interface CommandDefinition {
  readonly name: string;
  /** Another command is another worker: its trials have other keys. */
  readonly version: string;
  /** The line for the shell. */
  readonly run: string;
  readonly params: readonly SpaceParam[];
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  readonly series: readonly string[];
  readonly read: Exclude<ReadFrom, { readonly pattern: unknown }> | { readonly pattern: string };
  readonly keep: Keep;
  readonly files: readonly string[];
}

/** What a URL of a command tells. */
export interface CommandPlace {
  readonly command: CommandDefinition;
  /** Absolute: where the programs start. */
  readonly cwd: string;
  /** What is varied, in order; none for a run that there is, whose manifest says. */
  readonly axes: Readonly<Record<string, AxisDomain>>;
}

const HEAD = 'data:application/x-sweepline-command,';

export function isCommandUrl(url: string): boolean {
  return url.startsWith(HEAD);
}

export function commandUrl(place: CommandPlace): string {
  return HEAD + encodeURIComponent(JSON.stringify(place));
}

export function readCommandUrl(url: string): CommandPlace {
  return JSON.parse(decodeURIComponent(url.slice(HEAD.length))) as CommandPlace;
}

/** Whether something is a definition as far as it takes to make a worker of it, which tells the rest. */
export function isDefinition(value: unknown): value is CommandDefinition {
  if (!isPlainObject(value)) return false;
  const { name, version, run, params, metrics, series, read, keep, files } = value;
  const isTexts = (list: unknown) => Array.isArray(list) && list.every((each) => typeof each === 'string');
  return (
    [name, version, run, keep].every((each) => typeof each === 'string') &&
    Array.isArray(params) &&
    params.every((param) => isPlainObject(param) && TYPES.includes(param.type as string)) &&
    isPlainObject(metrics) &&
    [series, files].every(isTexts) &&
    (typeof read === 'string' || isPlainObject(read))
  );
}

const TYPES = ['number', 'integer', 'boolean', 'string', 'json'];
