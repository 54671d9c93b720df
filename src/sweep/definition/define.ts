// What a sweep is: which worker, over which grids. A sweep file's default export is what `defineSweep` returns; it names
// its worker and report by URL and never imports them, because the coordinator that loads it runs no worker code.
import { throwFaults } from '../../ground/errors.js';
import { findTextFaults, findUnknownKeys, isPlainObject, isWord, showValue } from '../../ground/shape.js';
import type { Limits } from '../../run/manifest.js';
import { findRequestFaults } from '../../search/pruning/options.js';
import { findSeedFaults } from '../../space/check.js';
import { findAxisFaults } from '../../space/faults.js';
import type { AxisDomain, GridSpec, Scalar, Value } from '../../space/types.js';
import type { PrunerRequest } from '../pruners/list.js';
import { SAMPLERS, type SamplerRequest } from '../samplers/list.js';
import { type ConstraintText, readAimTexts } from './aims.js';
import type { Constraint, ConstraintInput } from './constraint.js';
import { readConstraint } from './constraint.js';
import { readAxes, readGrid } from './grid-input.js';
import { readLimits } from './limits-input.js';

/**
 * One value, a list, `lin(…)`, `log(…)`, `range(…)`, a domain to draw from (`uniform(…)`, `loguniform(…)`, `int(…)`,
 * `logint(…)`, `normal(…)`, `choice(…)`), or the same as command-line text: `'log(1e-4,1,9)'`.
 */
export type AxisInput =
  | Exclude<Scalar, null>
  | readonly Value[]
  | ReadonlySet<Value>
  | NumberArray
  | AxisDomain;

type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** An axis; with `when` it exists only where each named axis of the same grid has one of the values. */
export type AxisDefinition =
  | AxisInput
  | { readonly value: Value }
  | { readonly values: AxisInput; readonly when?: Readonly<Record<string, Value | readonly Value[]>> };

export interface GridDefinition {
  /** By parameter of the worker. The last one turns fastest. */
  readonly axes: Readonly<Record<string, AxisDefinition>>;
  /** Groups of axes that move together instead of crossing; equally many values each. */
  readonly zip?: readonly (readonly string[])[];
}

export interface SweepOptions extends Partial<GridDefinition> {
  readonly name: string;
  readonly title?: string;
  readonly about?: string;
  /** Its file, as a path from the sweep's own, `'../workers/mine.ts'`, or as a `file:` URL. */
  readonly worker: URL | string;
  readonly report?: URL | string;
  /** Several grids, one after another, in place of `axes`. A point that two of them hold runs once. */
  readonly grids?: readonly GridDefinition[];
  /** Values for parameters that are no axes, in place of the worker's defaults. */
  readonly fixed?: Readonly<Record<string, Value>>;
  /** Every point so many times, with different seeds; `auto`: see `--replicates`. Default 1. */
  readonly replicates?: number | 'auto';
  /** The seeds of the trials of every point, in place of `replicates`: whole numbers from 0 to 2^32 - 1. */
  readonly seeds?: readonly number[];
  /**
   * Points for which this is false are no trials. Sees the axes only; must depend on nothing else. Constraints on named
   * axes, `[['a', 'b'], (p) => p.a < p.b]` or a list of them, skip all points with the same values of these at once.
   */
  readonly where?: ConstraintInput;
  /** What is best: metrics with their goals, `['loss:min', 'time']`; a metric's own goal may be left out. */
  readonly objectives?: string | readonly string[];
  /**
   * What the best must hold, on means of metrics: `['memory <= 2e9']`, or `(m) => m.memory <= 2e9 && m.ms < 50`. Of a
   * function only comparisons of metrics with numbers can be kept: without its code, they are all that a run has.
   */
  readonly constraints?: ConstraintText | readonly ConstraintText[];
  /** Its name, or its name and options. */
  readonly sampler?: SamplerRequest | string;
  /** What stops trials early: `'asha'`, or `{ name: 'asha', max: 81, metric: 'val_loss:min' }`. */
  readonly pruner?: PrunerRequest | string;
  /** Seed of everything random; default 1. */
  readonly seed?: number;
  /** What a trial may take, unless the command line says otherwise: `'10m'`, or `'300%'` of the median trial. */
  readonly timeout?: string;
  /** Most memory of a trial's process, such as `'2g'`; each worker has a process of its own then. */
  readonly memory?: string;
  /** One process with all workers (`thread`, the default), or one for each (`process`). */
  readonly isolation?: 'thread' | 'process';
  /** How often a trial that failed of something that may pass is tried again. Default 0. */
  readonly retries?: number;
}

export interface Sweep {
  readonly kind: 'sweepline-sweep';
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly worker: string;
  readonly report: string | null;
  readonly grids: readonly GridSpec<AxisDomain>[];
  readonly fixed: Readonly<Record<string, Value>>;
  readonly replicates: number | 'auto';
  readonly seeds: readonly number[] | null;
  readonly where: Constraint | null;
  readonly sampler: SamplerRequest;
  readonly pruner: PrunerRequest | null;
  readonly seed: number;
  readonly objectives: readonly string[];
  readonly constraints: readonly string[];
  /** Those that it sets. */
  readonly limits: Partial<Limits>;
}

const OPTIONS =
  'name title about worker report axes zip grids fixed replicates seeds where objectives constraints sampler pruner seed timeout memory isolation retries'.split(
    ' ',
  );

/** Declares a sweep. Throws BAD_DEFINITION with every fault that can be seen without its worker. */
export function defineSweep(options: SweepOptions): Sweep {
  const faults: string[] = [];
  if (!isPlainObject(options)) {
    throwFaults('BAD_DEFINITION', 'a sweep is invalid', [
      `expected an object such as { name, worker, axes }, found ${showValue(options)}`,
    ]);
  }
  faults.push(...findUnknownKeys(options, OPTIONS), ...findTextFaults(options, ['title', 'about']));
  const { name, title = name, about = '', seed = 1, seeds = null } = options;
  const replicates = options.replicates ?? (Array.isArray(seeds) ? seeds.length : 1);
  if (!isWord(name)) faults.push(`name ${showValue(name)}: expected a word (it names the run folder)`);
  if (options.worker === undefined)
    faults.push('worker is missing: name its file, such as "../workers/mine.ts"');
  else faults.push(...findFileFaults('worker', options.worker));
  if (options.report !== undefined && options.report !== null)
    faults.push(...findFileFaults('report', options.report));
  if (!Number.isSafeInteger(seed)) faults.push(`seed ${showValue(seed)}: expected an integer`);
  if (replicates !== 'auto' && (!Number.isSafeInteger(replicates) || replicates < 1))
    faults.push(`replicates is ${showValue(replicates)}; expected a whole number of at least 1, or 'auto'`);
  if (seeds !== null) faults.push(...findSeedFaults(seeds, options.replicates));
  const grids = readGrids(options, faults);
  const fixed = readFixed(options.fixed, grids, faults);
  const where = readConstraint(options.where, faults);
  const aims = readAimTexts(options, faults);
  const sampler = readSampler(options.sampler, faults);
  const pruner = readPruner(options.pruner, faults);
  const limits = readLimits(options, faults);
  throwFaults('BAD_DEFINITION', `sweep ${showValue(name)} is invalid`, faults);
  return {
    kind: 'sweepline-sweep',
    ...{ name, title, about },
    worker: String(options.worker),
    report: options.report === undefined || options.report === null ? null : String(options.report),
    ...{ grids, fixed, replicates, seeds, where, ...aims, sampler, pruner, seed, limits },
  };
}

function readGrids(
  { axes, grids, zip }: Readonly<Record<'axes' | 'grids' | 'zip', unknown>> | SweepOptions,
  faults: string[],
): GridSpec<AxisDomain>[] {
  if ((axes === undefined) === (grids === undefined)) {
    faults.push('expected one of axes and grids');
    return [];
  }
  if (grids === undefined) return [readAxes(axes, zip, faults)];
  if (zip !== undefined) faults.push('zip: write it into the grid whose axes it is of, beside its `axes`');
  if (!Array.isArray(grids) || grids.length === 0) {
    faults.push(`grids: expected a list such as [{ axes: { lr: [0.1, 0.2] } }], found ${showValue(grids)}`);
    return [];
  }
  return Array.from(grids as unknown[]).map((grid, g) => {
    const found: string[] = [];
    const read = readGrid(grid, found);
    faults.push(...found.map((fault) => (grids.length === 1 ? fault : `grid ${g + 1}: ${fault}`)));
    return read;
  });
}

function readFixed(fixed: unknown, grids: readonly GridSpec<AxisDomain>[], faults: string[]) {
  if (fixed === undefined) return {};
  if (!isPlainObject(fixed)) {
    faults.push(`fixed: expected an object such as { epochs: 20 }, found ${showValue(fixed)}`);
    return {};
  }
  const axes = new Set(grids.flatMap((grid) => grid.axes.flatMap((axis) => axis.names)));
  for (const [name, value] of Object.entries(fixed)) {
    if (axes.has(name)) faults.push(`fixed: "${name}" is an axis too; expected one of both`);
    const list = { kind: 'list', values: [value as Value] } as const;
    faults.push(...findAxisFaults(list).map((fault) => `fixed: ${name}: ${fault}`));
  }
  return fixed as Readonly<Record<string, Value>>;
}

function readSampler(sampler: unknown, faults: string[]): SamplerRequest {
  if (sampler === undefined) return { name: SAMPLERS[0]!.name };
  if (typeof sampler === 'string') return { name: sampler };
  if (isPlainObject(sampler) && typeof sampler.name === 'string') return sampler as SamplerRequest;
  faults.push(`sampler: expected its name, or { name: "random", … }; found ${showValue(sampler)}`);
  return { name: '' };
}

function readPruner(pruner: unknown, faults: string[]): PrunerRequest | null {
  if (pruner === undefined) return null;
  if (typeof pruner === 'string') return { name: pruner };
  if (isPlainObject(pruner) && typeof pruner.name === 'string') {
    faults.push(...findRequestFaults(pruner as PrunerRequest));
    return pruner as PrunerRequest;
  }
  faults.push(`pruner: expected its name, or { name: "asha", … }; found ${showValue(pruner)}`);
  return null;
}

/** A relative path or a `file:` URL. */
function findFileFaults(option: string, file: unknown): string[] {
  const expected = `expected a file, such as "../${option}s/mine.ts"`;
  if (!(file instanceof URL) && (typeof file !== 'string' || file.trim() === ''))
    return [`${option}: ${expected}; found ${showValue(file)}`];
  // One letter before the colon is a drive.
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(String(file))?.[1];
  const isFile = scheme === undefined || (scheme.toLowerCase() === 'file' && URL.canParse(String(file)));
  return isFile ? [] : [`${option}: ${expected}; found ${showValue(String(file))}`];
}
