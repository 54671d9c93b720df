// What a suite is: sweeps that are run one after another, each with values of its own for some axes. A suite file's
// default export is what `defineSuite` returns.
import { throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { AxisDomain } from '../space/types.js';
import { type AxisInput, toAxisValues } from '../sweep/define.js';

export interface SuiteRunOptions {
  /** Name of a shipped sweep, or the URL of a sweep's file: `new URL('./mine.ts', import.meta.url)`. */
  readonly sweep: URL | string;
  /** Names the run's folder within the suite's; default: the sweep's name. Needed where a sweep is run twice. */
  readonly name?: string;
  /** Values of axes, as `--set` gives them. */
  readonly set?: Readonly<Record<string, AxisInput>>;
  readonly replicates?: number;
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
}

export interface Suite {
  readonly kind: 'sweepline-suite';
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly runs: readonly SuiteRun[];
}

const WORD = /^[a-z][a-z0-9_-]*$/i;
const OPTIONS = ['name', 'title', 'about', 'runs'];
const RUN_OPTIONS = ['sweep', 'name', 'set', 'replicates'];

/** Declares a suite. Throws BAD_DEFINITION with every fault that can be seen without its sweeps. */
export function defineSuite(options: SuiteOptions): Suite {
  const faults: string[] = [];
  for (const name of Object.keys(options))
    if (!OPTIONS.includes(name)) faults.push(describeUnknown('option', name, OPTIONS));
  if (!WORD.test(options.name ?? ''))
    faults.push(`name ${JSON.stringify(options.name)}: expected a word (it names the suite's folder)`);
  if (!Array.isArray(options.runs) || options.runs.length === 0)
    faults.push('runs: expected one or more, such as [{ sweep: "escape" }]');
  const runs = [...(options.runs ?? [])].map((run, i) => toRun(run, i, faults));
  const names = runs.map((run) => run.name);
  for (const name of new Set(names.filter((each, i) => each !== '' && names.indexOf(each) < i)))
    faults.push(`two runs are called ${name}: give each a \`name\``);
  throwFaults('BAD_DEFINITION', `suite "${options.name}" is invalid`, faults);
  const { name, title = name, about = '' } = options;
  return { kind: 'sweepline-suite', name, title, about, runs };
}

function toRun(run: SuiteRunOptions, i: number, faults: string[]): SuiteRun {
  for (const name of Object.keys(run))
    if (!RUN_OPTIONS.includes(name))
      faults.push(`run ${i + 1}: ${describeUnknown('option', name, RUN_OPTIONS)}`);
  const sweep = String(run.sweep ?? '');
  if (sweep === '') faults.push(`run ${i + 1}: expected a sweep, such as "escape"`);
  const name =
    run.name ??
    sweep
      .split('/')
      .at(-1)!
      .replace(/\.[cm]?[jt]s$/, '');
  if (sweep !== '' && !WORD.test(name))
    faults.push(`run ${i + 1}: name ${JSON.stringify(name)}: expected a word (it names the run's folder)`);
  const set = Object.fromEntries(
    Object.entries(run.set ?? {}).map(([axis, values]) => [axis, toAxisValues(axis, values, faults)]),
  );
  return { name, sweep, set, replicates: run.replicates };
}
