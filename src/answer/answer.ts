// The answer of a run, from its finished trials alone: which configuration is best, what comes next and whether that is
// noise, which parameters matter, what failed, how long it took. Reads the journal, so a run that goes on, was stopped or
// is a shard can be asked as well.
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { formatOf, readRowCells } from '../run/history.js';
import { mutatedAxes } from '../run/schedule.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import { welchTest } from '../stats/welch.js';
import {
  type Aims,
  defaultObjectives,
  describeConstraint,
  type Objective,
  readMetricConstraints,
  readObjectives,
} from '../trial/objective.js';
import { Configurations } from './configurations.js';
import { type FailureGroup, groupFailures } from './failures.js';
import { finalOf } from './finals.js';
import { findImportances, type Importance, type Importances } from './importance.js';
import { type Ranked, type Ranking, rank } from './ranking.js';
import { drawSpace } from './spread.js';

/** What to ask a run for, in place of what its sweep declares. */
export interface Question {
  /** `loss:min`, or `loss` where the metric has a goal. */
  readonly objectives?: readonly string[];
  /** `memory <= 2e9`, beside those of the sweep. */
  readonly where?: readonly string[];
  /** How many configurations; default: 2. */
  readonly limit?: number;
  /** Metrics that are read beside those, as many as there are; more can be asked of them then. Default: none. */
  readonly others?: number;
  /** False: without the importance of parameters, which takes longer than all else. */
  readonly importance?: boolean;
}

/** How the best compares to the one behind it. */
export interface Comparison {
  /** `unknown`: one of them has no replicates. */
  readonly verdict: 'beyond noise' | 'within noise' | 'equal' | 'unknown';
  /** Of Welch's t-test, two-sided. It knows nothing of how many configurations were compared. */
  readonly p: number | null;
}

export interface Answer {
  /** None: no metric has a goal, and none was given. */
  readonly objectives: readonly Objective[];
  /** As they are written. */
  readonly constraints: readonly string[];
  /** Axes that take more than one value. */
  readonly varying: readonly string[];
  /** Axes of which rows hold what trials began with, and which changed on the way (population-based training). */
  readonly mutated: readonly string[];
  readonly configurations: number;
  /** Those that break a constraint, and those without a finite value: never best. */
  readonly infeasible: number;
  readonly unranked: number;
  /** Trials that were stopped early: they have no result. */
  readonly pruned: number;
  /** How many share the first place, or are on the Pareto front. */
  readonly first: number;
  /** The best first, as many as were asked for. None without an objective, or without an ok trial. */
  readonly best: readonly Ranked[];
  /** The first two; null with several objectives, or where there is no second. */
  readonly comparison: Comparison | null;
  /** Of the first objective: of the variance, the most important first, and then for being among the best. */
  readonly importance: readonly Importance[];
  /** Of so many configurations; fewer than there are where a sample was looked at. */
  readonly importanceOf: number;
  /** Pruned ones, which shares of the variance leave out, and `ped-anova` counts. */
  readonly importancePruned: number;
  readonly failures: readonly FailureGroup[];
  /** Milliseconds that trials ran, all together. */
  readonly runMs: number;
}

/** What is kept for whoever wants more than the answer. */
export interface Asked {
  readonly answer: Answer;
  readonly status: RunStatus;
  readonly aims: Aims;
  readonly of: Configurations;
  readonly ranking: Ranking;
  /** Of the first objective; undefined where nobody asked, or nothing is best. */
  readonly importances: Importances | undefined;
}

/** Below it, a difference is taken for one. */
const LEVEL = 0.05;

/** Rejects with BAD_RUN_FOLDER where there is no run, BAD_USAGE for objectives and constraints that do not go with it. */
export async function askRun(folder: string, question: Question = {}): Promise<Asked> {
  const status = await readRunStatus(folder);
  return ask(status, question);
}

/** The same of a run whose status is known. */
export function ask(status: RunStatus, question: Question = {}): Asked {
  const { folder, state } = status;
  const { epoch } = state;
  const { aims, of, ranking, objectives, varying, best } = findBest(status, question);
  const [first] = aims.objectives;
  const importances =
    first === undefined || question.importance === false
      ? undefined
      : findImportances(of, first.metric, { goal: first.goal, points: drawSpace(status.manifest) });
  const answer: Answer = {
    objectives,
    constraints: aims.constraints.map(describeConstraint),
    varying,
    mutated: mutatedAxes(status.manifest),
    configurations: ranking.configurations,
    infeasible: ranking.infeasible,
    unranked: ranking.unranked,
    pruned: status.pruned,
    first: ranking.first,
    best,
    comparison: aims.objectives.length === 1 ? compareFirst(of, first!, ranking) : null,
    importance: [...(importances?.parameters ?? []), ...(importances?.deciding ?? [])],
    importanceOf: importances?.sampled ?? 0,
    importancePruned: importances?.pruned ?? 0,
    failures: groupFailures(folder, epoch, state.epochs.length),
    runMs: epoch.runMs,
  };
  return { answer, status, aims, of, ranking, importances };
}

/** What is best in a run, and no more: for lists of many runs. */
export type Best = Pick<Answer, 'objectives' | 'varying' | 'first' | 'best'>;

export function findBest(
  status: RunStatus,
  question: Question = {},
): Best & Pick<Asked, 'aims' | 'of' | 'ranking'> {
  const { folder, state } = status;
  const { epoch } = state;
  const aims = readAims(status, question);
  const { limit = 2, others = 0 } = question;
  const metrics = [...aims.objectives, ...aims.constraints].map(({ metric }) => metric);
  const more = epoch.record.worker.metrics.filter(({ type }) => type !== 'string').slice(0, others);
  const format = formatOf(epoch);
  const of = new Configurations(format, [...metrics, ...more.map(({ name }) => name)]);
  const isAimed = aims.objectives.length > 0;
  // Without an objective nothing is asked of them.
  if (isAimed || more.length > 0) for (const cells of readRowCells(folder, epoch)) of.add(cells);
  // Two at least: the first is compared to the second.
  const ranking = rank(isAimed ? of : new Configurations(format, []), aims, Math.max(2, limit));
  return {
    objectives: aims.objectives,
    varying: of.axes.filter((axis) => axis.varies).map(({ name }) => name),
    first: ranking.first,
    best: !isAimed || status.ok === 0 ? [] : listRanked(status, ranking, limit),
    ...{ aims, of, ranking },
  };
}

/** What was asked for, else what the sweep declares, else the first metric with a goal. */
export function readAims({ manifest, state }: RunStatus, { objectives = [], where = [] }: Question): Aims {
  const { metrics } = state.epoch.record.worker;
  const faults: string[] = [];
  const asked = readObjectives(objectives, metrics, faults);
  const constraints = readMetricConstraints(where, metrics, faults);
  throwFaults('BAD_USAGE', `run ${manifest.runId}`, faults);
  // A metric that the worker no longer has is nothing to look for.
  const isKnown = ({ metric }: { readonly metric: string }) => metrics.some(({ name }) => name === metric);
  const declared = (manifest.aims?.objectives ?? []).filter(isKnown);
  return {
    objectives: asked.length > 0 ? asked : declared.length > 0 ? declared : defaultObjectives(metrics),
    constraints: [...(manifest.aims?.constraints ?? []), ...constraints],
  };
}

function listRanked(status: RunStatus, ranking: Ranking, limit: number): Ranked[] {
  return Array.from({ length: Math.min(limit, ranking.order.length) }, (_, place) => {
    const ranked = ranking.at(place);
    const final = finalOf(status, ranked);
    return final === undefined ? ranked : { ...ranked, final };
  });
}

/** The two at the top, where both are feasible and have a value. */
function compareFirst(of: Configurations, { metric }: Objective, ranking: Ranking): Comparison | null {
  const [best, next] = ranking.order;
  if (best === undefined || next === undefined) return null;
  if (ranking.configurations - ranking.infeasible - ranking.unranked < 2) return null;
  const [a, b] = [of.summary(metric, best), of.summary(metric, next)];
  const test = welchTest(a, b);
  if (a.mean === b.mean) return { verdict: 'equal', p: test?.p ?? null };
  if (test === null) return { verdict: 'unknown', p: null };
  return { verdict: test.p < LEVEL ? 'beyond noise' : 'within noise', p: test.p };
}

/** Throws BAD_USAGE where nothing says what is best: the message names the metrics that could. */
export function requireObjective({ status, aims }: Pick<Asked, 'status' | 'aims'>): void {
  if (aims.objectives.length > 0) return;
  const names = status.state.epoch.record.worker.metrics
    .filter(({ type }) => type !== 'string')
    .map(({ name }) => name);
  throw new SweeplineError('BAD_USAGE', 'no metric of this run has a goal, so none of its trials is best', {
    hint:
      names.length === 0
        ? 'its worker yields no numbers'
        : `say what to look for: --objective ${names[0]}:min (metrics: ${names.join(', ')})`,
  });
}
