// What a suite is: sweeps that are run one after another, each with values of its own for some axes. A suite file's
// default export is what `defineSuite` returns.

import { throwFaults } from '../ground/errors.js';
import { findTextFaults, findUnknownKeys, isPlainObject, isWord, showValue } from '../ground/shape.js';
import { AGAIN } from '../run/suite-file.js';
import { findSeedFaults } from '../space/check.js';
import { findAxisFaults } from '../space/faults.js';
import type { AxisDomain } from '../space/types.js';
import { toAxisValues } from '../sweep/definition/axis-input.js';
import type { AxisInput } from '../sweep/definition/define.js';

export interface SuiteRunOptions {
  /** Name of a shipped sweep, or a sweep's file: a path from the suite's own, `'./mine.ts'`, or a `file:` URL. */
  readonly sweep: URL | string;
  /** Names the run's folder within the suite's; default: the sweep's name. Needed where a sweep is run twice. */
  readonly name?: string;
  /** Values of axes, as `--set` gives them. */
  readonly set?: Readonly<Record<string, AxisInput>>;
  readonly replicates?: number;
  /** In place of `replicates`: the seeds of the trials of every point. */
  readonly seeds?: readonly number[];
}

export interface SuiteOptions {
  readonly name: string;
  readonly title?: string;
  readonly about?: string;
  readonly runs: readonly SuiteRunOptions[];
}

export interface SuiteRun {
  readonly name: string;
  readonly sweep: string;
  readonly set: Readonly<Record<string, AxisDomain>>;
  readonly replicates: number | undefined;
  readonly seeds: readonly number[] | undefined;
}

export interface Suite {
  readonly kind: 'sweepline-suite';
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly runs: readonly SuiteRun[];
}

const OPTIONS = ['name', 'title', 'about', 'runs'];
const RUN_OPTIONS = ['sweep', 'name', 'set', 'replicates', 'seeds'];

/** Declares a suite. Throws BAD_DEFINITION with every fault that can be seen without its sweeps. */
export function defineSuite(options: SuiteOptions): Suite {
  const faults: string[] = [];
  if (!isPlainObject(options)) {
    throwFaults('BAD_DEFINITION', 'a suite is invalid', [
      `expected an object such as { name, runs }, found ${showValue(options)}`,
    ]);
  }
  faults.push(...findUnknownKeys(options, OPTIONS), ...findTextFaults(options, ['title', 'about']));
  const { name, title = name, about = '' } = options;
  if (!isWord(name)) faults.push(`name ${showValue(name)}: expected a word (it names the suite's folder)`);
  const isList = Array.isArray(options.runs) && options.runs.length > 0;
  if (!isList) faults.push('runs: expected one or more, such as [{ sweep: "escape" }]');
  const runs = (isList ? Array.from(options.runs as unknown[]) : []).map((run, i) => {
    const found: string[] = [];
    const read = readRun(run, found);
    faults.push(...found.map((fault) => `run ${i + 1}: ${fault}`));
    return read;
  });
  // Folders of one name, whatever their case, are one folder on many machines.
  const names = runs.map((run) => run.name.toLowerCase());
  for (const each of new Set(names.filter((one, i) => one !== '' && names.indexOf(one) < i)))
    faults.push(`two runs are called ${each}: give each a \`name\``);
  if (names.includes(AGAIN))
    faults.push(`a run is called ${AGAIN}, as the folder of what nights run again: give it another \`name\``);
  throwFaults('BAD_DEFINITION', `suite ${showValue(name)} is invalid`, faults);
  return { kind: 'sweepline-suite', name, title, about, runs };
}

function readRun(run: unknown, faults: string[]): SuiteRun {
  if (!isPlainObject(run)) {
    faults.push(`expected an object such as { sweep: "escape" }, found ${showValue(run)}`);
    return { name: '', sweep: '', set: {}, replicates: undefined, seeds: undefined };
  }
  faults.push(...findUnknownKeys(run, RUN_OPTIONS));
  const isFile = run.sweep instanceof URL || (typeof run.sweep === 'string' && run.sweep.trim() !== '');
  if (!isFile) faults.push('expected a sweep, such as "escape"');
  const sweep = isFile ? String(run.sweep) : '';
  const named =
    run.name ??
    sweep
      .split('/')
      .at(-1)!
      .replace(/\.[cm]?[jt]s$/, '');
  const name = typeof named === 'string' ? named : '';
  if ((isFile || run.name !== undefined) && !isWord(named))
    faults.push(`name ${showValue(named)}: expected a word (it names the run's folder)`);
  const { replicates, seeds } = run as Partial<SuiteRun>;
  if (replicates !== undefined && !(Number.isSafeInteger(replicates) && replicates >= 1))
    faults.push(`replicates is ${showValue(replicates)}; expected a whole number of at least 1`);
  if (seeds !== undefined) faults.push(...findSeedFaults(seeds, replicates));
  return { name, sweep, set: readSet(run.set, faults), replicates, seeds };
}

function readSet(set: unknown, faults: string[]): Record<string, AxisDomain> {
  if (set === undefined) return {};
  if (!isPlainObject(set)) {
    faults.push(`set: expected an object such as { h: [0.1, 0.2] }, found ${showValue(set)}`);
    return {};
  }
  const entries = Object.entries(set).flatMap(([axis, input]) => {
    const values = toAxisValues(`axis ${axis}`, input, faults);
    if (values === undefined) return [];
    faults.push(...findAxisFaults(values, true).map((fault) => `axis ${axis}: ${fault}`));
    return [[axis, values] as const];
  });
  return Object.fromEntries(entries);
}
