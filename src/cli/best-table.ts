// The best configurations of a run as a table for people, and what the answer says beside it.
import type { Asked } from '../answer/answer.js';
import {
  describeComparison,
  describeInterval,
  describeMutated,
  describePoint,
  renderAnswer,
} from '../answer/words.js';
import { plural } from '../ground/text.js';

const MATTER = 5;

/** As wide as the terminal; longer rows are cut. */
export function renderBest({ answer, status }: Asked, width: number): string {
  const { metrics } = status.state.epoch.record.worker;
  const { best, objectives, varying, mutated, comparison, importance } = answer;
  const isFront = objectives.length > 1;
  const head = [
    isFront ? 'front' : 'rank',
    ...['trial', 'n'],
    ...objectives.map(({ metric, goal }) => `${metric} (${goal})`),
    ...varying,
    ...mutated.map((axis) => `${axis} at the end`),
    ...(answer.constraints.length > 0 ? ['feasible'] : []),
  ];
  const rows = best.map(({ rank, trial, replicates, ended, point, values, feasible, final = {} }) => [
    rank === null ? '-' : String(rank),
    String(trial),
    replicates === ended ? String(replicates) : `${replicates}/${ended}`,
    ...values.map((value, i) =>
      describeInterval(value, metrics.find(({ name }) => name === objectives[i]!.metric)?.unit),
    ),
    ...varying.map((axis) => describePoint(point, [axis]).slice(axis.length + 1)),
    ...mutated.map((axis) => describePoint(final, [axis]).slice(axis.length + 1)),
    ...(answer.constraints.length > 0 ? [feasible ? 'yes' : 'no'] : []),
  ]);
  const lines = [
    `${status.manifest.sweep}: ${plural(answer.configurations, 'configuration')}, ${best.length} shown`,
    ...alignRows([head, ...rows]),
  ];
  if (mutated.length > 0) lines.push(`${describeMutated(answer)}.`);
  if (comparison !== null) lines.push(`The first against the second: ${describeComparison(comparison)}.`);
  const { importanceOf, importancePruned } = answer;
  for (const isTop of [false, true]) {
    const of = importance.filter(({ method }) => (method === 'ped-anova') === isTop);
    if (of.length < 2) continue;
    const { method, metric } = of[0]!;
    const looked = isTop ? importanceOf + importancePruned : importanceOf;
    const which = !isTop && importancePruned > 0 ? 'not pruned' : 'of them';
    const from = looked < answer.configurations ? ` from ${looked} ${which}` : '';
    const shares = of
      .slice(0, MATTER)
      .map((each) => `${each.parameter} ${Math.round(each.importance * 100)}%${spread(each.low, each.high)}`);
    const what = isTop ? `Decides who is in the top tenth by ${metric}` : `Variance of ${metric} explained`;
    lines.push(`${what} (${method}${from}): ${shares.join(', ')}`);
  }
  // What is not best and why, failures, time.
  const rest = renderAnswer({ ...answer, importance: [] }, metrics, width);
  lines.push(...rest.filter((line, i) => (answer.first === 0 && i === 0) || /^ {2}(failed|time)/.test(line)));
  if (answer.infeasible > 0)
    lines.push(
      `${plural(answer.infeasible, 'configuration')} broke a constraint (${answer.constraints.join(', ')}): last.`,
    );
  if (answer.unranked > 0)
    lines.push(
      `${plural(answer.unranked, 'configuration')} pruned or without a finite value: last, never best.`,
    );
  return lines.map((line) => (line.length <= width ? line : `${line.slice(0, width - 1)}…`)).join('\n');
}

function spread(low: number | null, high: number | null): string {
  if (low === null || high === null) return '';
  return ` (${Math.round(low * 100)}–${Math.round(high * 100)})`;
}

/** Numbers to the right, texts to the left, two spaces between. */
function alignRows(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const isNumber = rows[0]!.map((_, c) => rows.slice(1).every((row) => /^[-\d./e+]*$/.test(row[c]!)));
  return rows.map((row) =>
    row
      .map((cell, c) => (isNumber[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd(),
  );
}
