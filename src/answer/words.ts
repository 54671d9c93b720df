// The answer of a run as lines for people: at most eight, as wide as they may be, without colours. Pure functions.
import { formatCount, formatDuration, plural } from '../ground/text.js';
import { SCHEDULES_FILE } from '../run/schedule.js';
import type { Point, Value } from '../space/types.js';
import { canonicalValue, isSameValue } from '../space/value.js';
import type { Interval } from '../stats/interval.js';
import type { MetricSpec } from '../trial/metrics.js';
import type { Answer, Best } from './answer.js';
import type { FailureGroup } from './failures.js';
import type { Ranked } from './ranking.js';

/** Messages of failures that are shown; the rest is counted. */
const FAILURES = 2;
const MATTER = 2;
/** Smaller shares are not what matters. */
const LEAST_SHARE = 0.005;
const LABEL = 7;

export type Metrics = readonly (MetricSpec & { readonly name: string })[];

/** A label and what is said under it; a line without a label continues the one before it. */
export type AnswerLine = readonly [label: '' | 'best' | 'next' | 'axes' | 'failed' | 'time', text: string];

/** The failures only where there are some: at most `failures` messages, the rest is counted. */
export function describeAnswer(answer: Answer, metrics: Metrics, failures = FAILURES): AnswerLine[] {
  const lines: AnswerLine[] = [];
  let shown = failures;
  if (answer.objectives.length === 0) lines.push(['best', describeNoGoal(metrics)]);
  else if (answer.first === 0) lines.push(['best', describeNoBest(answer)]);
  else {
    lines.push(...describeBest(answer, metrics));
    if (answer.mutated.length > 0) lines.push(['', describeMutated(answer)]);
    const left = describeLeft(answer);
    if (left !== null) {
      lines.push(['', left]);
      shown--;
    }
    const next = describeNext(answer, metrics);
    if (next !== null) lines.push(['next', next]);
  }
  const matter = describeImportance(answer);
  if (matter !== null) lines.push(['axes', matter]);
  lines.push(...answer.failures.slice(0, shown).map((group) => ['failed', describeFailures(group)] as const));
  const others = answer.failures.slice(shown);
  if (others.length > 0) {
    const count = others.reduce((sum, group) => sum + group.count, 0);
    lines.push(['', `${formatCount(count)} of ${plural(others.length, 'other message')}`]);
  }
  if (answer.runMs > 0) lines.push(['time', `${formatDuration(answer.runMs)} of trials, all together`]);
  return lines.map(([label, text]) => [label, withoutControls(text)]);
}

/** The same as lines of at most `width` letters. */
export function renderAnswer(answer: Answer, metrics: Metrics, width = 80): string[] {
  const lines = describeAnswer(answer, metrics);
  return lines.map(([label, text], i) => {
    const repeated = i > 0 && lines[i - 1]![0] === label;
    return cut(`  ${(repeated ? '' : label).padEnd(LABEL)} ${text}`, width);
  });
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Names, values and messages come from anywhere: they must not move the cursor. */
function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

function describeNoGoal(metrics: Metrics): string {
  const found = metrics.find(({ type }) => type !== 'string');
  return found === undefined
    ? 'its worker yields no numbers'
    : `no metric has a goal: sweepline best <run> --objective ${found.name}:min`;
}

function describeNoBest({ configurations, infeasible, unranked }: Answer): string {
  if (configurations === 0) return 'not known: no trial has ended';
  if (unranked === configurations) return 'not known: no trial has ended ok with a finite value';
  return `none: ${plural(infeasible, 'configuration')} broke a constraint${unranked > 0 ? `, ${formatCount(unranked)} had no finite value` : ''}`;
}

function describeBest(answer: Answer, metrics: Metrics): AnswerLine[] {
  const { objectives, best, first, configurations, varying } = answer;
  const winner = best[0]!;
  const where = describeWhere(winner, varying);
  if (objectives.length > 1) {
    const front = `${plural(first, 'configuration')} of ${formatCount(configurations)} on the Pareto front, such as`;
    return [
      ['best', front],
      ['', `${describeValues(winner, answer, metrics)}${where === '' ? '' : `: ${where}`}`],
    ];
  }
  const { replicates, trial } = winner;
  const from = replicates > 1 ? ` (n=${replicates}), from trial ${trial}` : `, trial ${trial}`;
  const found: AnswerLine = ['best', `${describeValues(winner, answer, metrics)}${from}`];
  return where === '' ? [found] : [found, ['', where]];
}

/** `latent=64: accuracy 0.61 ± 0.02 (n=3)`; null where nothing is best, or nothing says what would be. */
export function describeBriefly(answer: Best, metrics: Metrics): string | null {
  const [winner] = answer.best;
  if (winner === undefined || answer.first === 0) return null;
  const where = describeWhere(winner, answer.varying);
  const count = winner.replicates > 1 ? ` (n=${winner.replicates})` : '';
  const text = `${where === '' ? '' : `${where}: `}${describeValues(winner, answer, metrics)}${count}`;
  return withoutControls(text);
}

/** What cannot be best, and why. */
function describeLeft({ infeasible, unranked, pruned, constraints }: Answer): string | null {
  const what = pruned > 0 ? 'pruned or without a finite value' : 'without a finite value';
  const parts = [
    ...(infeasible > 0 ? [`${formatCount(infeasible)} not with ${constraints.join(', ')}`] : []),
    ...(unranked > 0 ? [`${formatCount(unranked)} ${what}`] : []),
  ];
  return parts.length === 0 ? null : `left out: ${parts.join('; ')}`;
}

/** Of the runner-up only what differs from the best is told. */
function describeNext(answer: Answer, metrics: Metrics): string | null {
  const { comparison, best, first, varying } = answer;
  const [winner, next] = best;
  if (comparison === null || next === undefined) return null;
  const other = varying.filter((axis) => !isSameValue(winner!.point[axis], next.point[axis]));
  const where = describeWhere(next, other);
  if (comparison.verdict === 'equal')
    return first > 2 ? `${formatCount(first - 1)} others have the same value` : `the same value: ${where}`;
  return `${describeValues(next, answer, metrics)}, ${describeComparison(comparison)}: ${where}`;
}

/** `within noise (p=0.31)` */
export function describeComparison({ verdict, p }: NonNullable<Answer['comparison']>): string {
  if (verdict === 'equal') return 'the same value';
  if (verdict === 'unknown') return 'one replicate: noise not known';
  return `${verdict} (p${p! < 0.001 ? '<0.001' : `=${Number(p!.toPrecision(2))}`})`;
}

/** `alpha 62%, beta1 21% of the variance of loss`; null where no two parameters can be told apart. */
function describeImportance({
  importance: all,
  importanceOf,
  importancePruned,
}: Pick<Answer, 'importance' | 'importanceOf' | 'importancePruned'>): string | null {
  const deciding = all.filter(({ method }) => method === 'ped-anova');
  // What a pruner has left is no fair sample: shares of its variance say little.
  if (importancePruned > 0 && deciding.length >= 2)
    return `${showShares(deciding)} of what decides who is in the top tenth by ${deciding[0]!.metric}`;
  const importance = all.filter(({ method }) => method !== 'ped-anova');
  if (importance.length < 2) return null;
  const most = importance.slice(0, MATTER).filter(({ importance: share }) => share >= LEAST_SHARE);
  const { metric } = importance[0]!;
  const among = importancePruned > 0 ? ` among the ${formatCount(importanceOf)} not pruned` : '';
  if (most.length === 0) return `no parameter explains what ${metric} does${among}`;
  return `${showShares(most)} of the variance of ${metric}${among}`;
}

function showShares(importance: Answer['importance']): string {
  return importance
    .slice(0, MATTER)
    .map(({ parameter, importance: share }) => `${parameter} ${Math.round(share * 100)}%`)
    .join(', ');
}

function describeFailures({ status, message, count }: FailureGroup): string {
  return `${formatCount(count)} ${status}${message === status ? '' : `: ${message}`}`;
}

/** `loss 0.123 ± 0.004, time 2 s` */
function describeValues(
  { values }: Ranked,
  { objectives }: Pick<Answer, 'objectives'>,
  metrics: Metrics,
): string {
  return objectives
    .map(
      ({ metric }, i) =>
        `${metric} ${describeInterval(values[i]!, metrics.find(({ name }) => name === metric)?.unit)}`,
    )
    .join(', ');
}

/** The mean to the place that its interval makes sense of. */
export function describeInterval({ mean, low, high }: Interval, unit: string | undefined): string {
  const half = low === null || high === null ? 0 : (high - low) / 2;
  const suffix = unit === undefined ? '' : ` ${unit}`;
  const places = 1 - Math.floor(Math.log10(half));
  if (!(half > 0) || !(places <= 15)) return `${Number(mean.toPrecision(6))}${suffix}`;
  const isPlain = places >= 0 && Math.abs(mean) < 1e9 && (places < 8 || Math.abs(mean) >= 1e-4);
  const centre = isPlain ? mean.toFixed(places) : String(Number(mean.toPrecision(4)));
  return `${centre} ± ${Number(half.toPrecision(2))}${suffix}`;
}

/** `alpha=0.1 kind=adam`; what does not exist there is left out. */
export function describePoint(point: Point, axes: readonly string[]): string {
  return axes
    .filter((axis) => Object.hasOwn(point, axis))
    .map((axis) => `${axis}=${showParam(point[axis]!)}`)
    .join(' ');
}

/** `alpha=0.1 (0.12 at the end) kind=adam` where a parameter has changed on the way. */
function describeWhere({ point, final = {} }: Ranked, axes: readonly string[]): string {
  return axes
    .filter((axis) => Object.hasOwn(point, axis))
    .map((axis) => {
      const end = Object.hasOwn(final, axis) ? ` (${showParam(final[axis]!)} at the end)` : '';
      return `${describePoint(point, [axis])}${end}`;
    })
    .join(' ');
}

/** Rows have what trials began with. */
export function describeMutated({ mutated }: Pick<Answer, 'mutated'>): string {
  return `pbt changed ${mutated.join(', ')} on the way: ${SCHEDULES_FILE} has every value`;
}

function showParam(value: Value): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return typeof value === 'string'
    ? /^[^\s"=]+$/.test(value)
      ? value
      : JSON.stringify(value)
    : canonicalValue(value);
}
