// Compares two runs, or two sets of runs: which metrics moved in which configuration, beyond noise and tolerance; which
// trials newly fail; which configurations are new or gone; whether it became slower. Reads only.
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { type Objective, readObjectives } from '../trial/objective.js';
import type { ToleranceParts } from '../trial/tolerance.js';
import { RUN_MS, type Rule } from './cell.js';
import type { CellTable } from './cell-table.js';
import { axesOf, type Measured, measure } from './cells.js';
import { type Described, describeRun } from './described.js';
import { createIdentify } from './identity.js';
import { judge } from './judge.js';
import { findNotes, whyApart } from './notes.js';
import { type Overall, summarise } from './overall.js';
import { rulesFor, timeRule } from './rules.js';
import { findRuns, type Paired, pairRuns, type RunPair, type RunSet } from './runs.js';
import { readSide } from './side.js';
import { judgeSpeed, type Speed } from './speed.js';
import { findTimingDifferences } from './times.js';

export interface CompareOptions {
  /** By metric, in place of what its worker declares; `run_ms`: of times, 10 % unless it is given. */
  readonly tolerances?: ReadonlyMap<string, ToleranceParts>;
  /** `loss:min`, in place of the goals that workers declare. */
  readonly objectives?: readonly string[];
  /** Parameters that may differ: configurations are the same where all others are equal. */
  readonly ignore?: readonly string[];
  /** Rate of false discoveries that is put up with among what is called better, worse or moved. Default: 0.05. */
  readonly level?: number;
  /** Where runs are looked for by name. Default: `runs`. */
  readonly root?: string;
}

/** One run against another. */
export interface RunComparison {
  readonly name: string;
  readonly a: Described;
  readonly b: Described;
  /** Axis columns of both. */
  readonly axes: readonly string[];
  readonly rules: readonly Rule[];
  readonly cells: CellTable;
  readonly counts: Measured['counts'];
  readonly overall: readonly Overall[];
  readonly speed: Speed;
  readonly notes: readonly string[];
}

/** All runs of one side against those of the baseline. */
export interface SetComparison {
  /** `B`, `C`, …: the baseline is `A`. */
  readonly letter: string;
  readonly a: RunSet;
  readonly b: RunSet;
  readonly runs: readonly RunComparison[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

export interface Comparison {
  readonly level: number;
  readonly sets: readonly SetComparison[];
  /** Something is worse, newly fails or became slower. */
  readonly isWorse: boolean;
}

const LEVEL = 0.05;

/**
 * Compares the first of what was typed, the baseline, with each of the others. Rejects with BAD_RUN_FOLDER for what is no
 * run; with BAD_USAGE for runs that share no metric or no configuration, and for names that they do not have.
 */
export async function compareRuns(
  typed: readonly string[],
  options: CompareOptions = {},
): Promise<Comparison> {
  const { level = LEVEL } = options;
  const found: RunSet[] = [];
  for (const each of typed) found.push(await findRuns(each, options.root));
  const [a, ...others] = found as [RunSet, ...RunSet[]];
  const described = new Map<string, Described>();
  const describe = async (path: string): Promise<Described> => {
    const known = described.get(path) ?? (await describeRun(path));
    described.set(path, known);
    return known;
  };
  const sweepOf = async (path: string) => (await describe(path)).manifest.sweep;
  const paired: { readonly b: RunSet; readonly of: Paired }[] = [];
  for (const b of others) paired.push({ b, of: await pairRuns(a, b, sweepOf) });
  const pairs: Pair[] = [];
  for (const { of } of paired)
    for (const pair of of.pairs) pairs.push({ pair, a: await describe(pair.a), b: await describe(pair.b) });
  const objectives = checkAsked(pairs, options);
  const sets: SetComparison[] = [];
  for (const [i, { b, of }] of paired.entries()) {
    const runs = pairs
      .filter(({ pair }) => of.pairs.includes(pair))
      .map((pair) => comparePair(pair, { ...options, level }, objectives));
    const { onlyA, onlyB } = of;
    sets.push({ letter: String.fromCharCode(66 + i), a, b, runs, onlyA, onlyB });
  }
  return { level, sets, isWorse: sets.some(({ runs }) => runs.some(isWorse)) };
}

function isWorse({ cells, speed }: Pick<RunComparison, 'cells' | 'speed'>): boolean {
  if (speed.verdict === 'worse') return true;
  for (let i = 0; i < cells.length; i++) if (['worse', 'failing'].includes(cells.verdictAt(i))) return true;
  return false;
}

interface Pair {
  readonly pair: RunPair;
  readonly a: Described;
  readonly b: Described;
}

/** Names that were typed must be of something that is compared; all faults at once. */
function checkAsked(pairs: readonly Pair[], { tolerances, objectives, ignore }: CompareOptions): Objective[] {
  const metrics = new Map(
    pairs.flatMap(({ a, b }) =>
      [...a.record.worker.metrics, ...b.record.worker.metrics].map((metric) => [metric.name, metric]),
    ),
  );
  const params = new Set(pairs.flatMap(({ b }) => b.record.worker.params.map(({ name }) => name)));
  const legal = [...metrics.values()].filter(({ type }) => type !== 'string').map(({ name }) => name);
  const faults = [...(tolerances?.keys() ?? [])]
    .filter((name) => name !== RUN_MS && !legal.includes(name))
    .map((name) => `--tolerance: ${describeUnknown('metric', name, [...legal, RUN_MS])}`);
  if (tolerances?.get(RUN_MS)?.absolute !== undefined && !legal.includes(RUN_MS))
    faults.push(
      `--tolerance ${RUN_MS}: expected a percentage, such as 20%: times are compared by their ratio`,
    );
  const read = readObjectives(objectives ?? [], [...metrics.values()], faults);
  for (const name of ignore ?? []) {
    if (!params.has(name)) faults.push(`--ignore: ${describeUnknown('parameter', name, [...params])}`);
    for (const { pair, a, b } of pairs)
      for (const run of [a, b])
        if (countValues(run, name) > 1)
          faults.push(`--ignore ${name}: it has more than one value in ${run.folder} (${pair.name})`);
  }
  throwFaults('BAD_USAGE', 'these runs cannot be compared so', [...new Set(faults)]);
  return read;
}

/** How many values an axis has by its declaration: 1 is enough to know that it tells no configurations apart. */
function countValues({ record }: Described, name: string): number {
  if (!record.axes.includes(name)) return 1;
  const axes = record.space.grids.flatMap((grid) => grid.axes.filter(({ names }) => names.includes(name)));
  const texts = new Set(axes.map(({ values }) => JSON.stringify(values)));
  const isOne = axes.every(({ values }) =>
    values.every((each) => each.kind === 'list' && each.values.length === 1),
  );
  return isOne && texts.size === 1 && axes.length === record.space.grids.length ? 1 : 2;
}

type Settled = CompareOptions & { readonly level: number };

function comparePair(
  { pair, a, b }: Pair,
  { tolerances = new Map(), ignore = [], level }: Settled,
  objectives: readonly Objective[],
): RunComparison {
  const asked = { tolerances, objectives };
  const rules = rulesFor(a.record.worker.metrics, b.record.worker.metrics, asked);
  const ignored = new Set(ignore);
  const metricsOf = (run: Described) =>
    rules.map(({ metric }) => run.record.worker.metrics.find(({ name }) => name === metric)!);
  const sideA = readSide(a, metricsOf(a), createIdentify(a, b, ignored));
  const sideB = readSide(b, metricsOf(b), createIdentify(b, a, ignored));
  const isNamedLikeTimes = rules.some(({ metric }) => metric === RUN_MS);
  const unjudged = findTimingDifferences(sideA, sideB);
  const withTimes = !isNamedLikeTimes && sideA.times.own > 0 && sideB.times.own > 0;
  const { cells, exact, counts } = measure({ a: sideA, b: sideB, rules, withTimes });
  if (counts.both === 0) throw unrelated(a, b, counts);
  const times = unjudged.length === 0 && withTimes ? timeRule(asked) : null;
  judge(cells, { rules, exact, level, times });
  const overall = summarise(cells, rules);
  const ofTimes = withTimes ? overall.find(({ metric }) => metric === RUN_MS) : undefined;
  const speed = judgeSpeed({
    ...{ a: sideA, b: sideB, overall: ofTimes, rule: timeRule(asked), unjudged, level },
  });
  const notes = [
    ...findNotes(a, b),
    ...(counts.pairs === 0
      ? ['no trial has the same seed in both runs: replicates are compared as independent samples']
      : []),
    ...(isNamedLikeTimes ? [`a metric is called ${RUN_MS}: times are not compared by configuration`] : []),
  ];
  return { name: pair.name, a, b, axes: axesOf(sideA, sideB), rules, cells, counts, overall, speed, notes };
}

function unrelated(a: Described, b: Described, { onlyA, onlyB }: Measured['counts']): SweeplineError {
  const empty = [
    ...(onlyA === 0 ? [`${a.folder} has no finished trials`] : []),
    ...(onlyB === 0 ? [`${b.folder} has no finished trials`] : []),
  ];
  const why = empty.length > 0 ? empty : whyApart(a, b);
  const reasons = why.length === 0 ? 'their axes have other values' : why.join('; ');
  return new SweeplineError(
    'BAD_USAGE',
    `${a.folder} and ${b.folder} have no configuration in common: ${reasons}`,
    {
      hint: 'compare runs with the same values of all parameters; --ignore <parameter> lets one that has a single value in each run differ',
    },
  );
}
