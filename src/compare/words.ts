// A comparison in words and numbers as people read them, for the terminal, Markdown and JSON alike.
import { describePoint } from '../answer/words.js';
import { plural } from '../ground/text.js';
import { formatNumber } from '../report/theme.js';
import type { Point, Value } from '../space/types.js';
import { readCell } from '../trial/cells.js';
import { describeTolerance } from '../trial/tolerance.js';
import { type Cell, RUN_MS, type Verdict } from './cell.js';
import type { RunComparison } from './compare.js';

/** What has changed, the worst first. */
const CHANGED: readonly Verdict[] = ['failing', 'worse', 'moved', 'better', 'fixed'];
const ALL: readonly Verdict[] = [...CHANGED, 'noisy', 'new', 'gone', 'same'];

/** Cells that have changed, the worst first, and among them those of the largest effects. */
export function listChanged({ cells }: Pick<RunComparison, 'cells'>): Cell[] {
  const size = ({ effect, difference, a }: Cell) =>
    Math.abs(effect ?? (difference ?? 0) / Math.max(Math.abs(a ?? 0), Number.MIN_VALUE));
  const changed: Cell[] = [];
  for (let i = 0; i < cells.length; i++) if (CHANGED.includes(cells.verdictAt(i))) changed.push(cells.at(i));
  return changed.sort((x, y) => CHANGED.indexOf(x.verdict) - CHANGED.indexOf(y.verdict) || size(y) - size(x));
}

export type VerdictCounts = Readonly<Partial<Record<Verdict, number>>>;

/** Of the metrics and of how trials ended; of times there is a line of its own. */
export function countVerdicts({ cells }: Pick<RunComparison, 'cells'>): VerdictCounts {
  const counts: Partial<Record<Verdict, number>> = {};
  for (let i = 0; i < cells.length; i++) {
    const verdict = cells.verdictAt(i);
    if (cells.metricAt(i) !== RUN_MS) counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
}

/** `2 worse, 1 better, 57 same` */
export function describeCounts(counts: VerdictCounts): string {
  const parts = ALL.filter((verdict) => (counts[verdict] ?? 0) > 0);
  return parts.map((verdict) => `${counts[verdict]!.toLocaleString('en-US')} ${verdict}`).join(', ');
}

/** The axes that differ between configurations. */
export function varyingOf({ axes, cells }: Pick<RunComparison, 'axes' | 'cells'>): string[] {
  const { places } = cells;
  return axes.filter((_, i) => places.some((place) => place.axes[i] !== places[0]!.axes[i]));
}

export function pointOf({ axes, a, b }: Pick<RunComparison, 'axes' | 'a' | 'b'>, cell: Cell): Point {
  const params = [...a.record.worker.params, ...b.record.worker.params];
  const entries = axes.map(
    (axis, i) =>
      [axis, readCell(cell.place.axes[i]!, params.find(({ name }) => name === axis)?.type) as Value] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** `latent=16 alpha=0.1`; the trial where nothing varies. */
export function describeWhere(of: RunComparison, cell: Cell, varying: readonly string[]): string {
  const { trialA, trialB } = cell.place;
  const where = describePoint(pointOf(of, cell), varying);
  return where === '' ? `trial ${trialA ?? trialB}` : where;
}

/** Cells of a table: metric, a, b, difference, p, effect. */
export function describeCell(of: RunComparison, cell: Cell): readonly string[] {
  const { metric, a, b, difference, low, high, effect, pAdjusted, basis } = cell;
  const unit = metric === RUN_MS ? 'ms' : of.rules.find((rule) => rule.metric === metric)?.unit;
  const number = (value: number | null) => (value === null ? '' : formatNumber(value, 5));
  const range =
    low === null || high === null || low === high
      ? ''
      : ` (${formatNumber(low, 3)} to ${formatNumber(high, 3)})`;
  return [
    unit === undefined ? metric : `${metric} [${unit}]`,
    number(a),
    number(b),
    difference === null ? '' : `${difference > 0 ? '+' : ''}${formatNumber(difference, 4)}${range}`,
    pAdjusted === null ? BASES[basis] : describeP(pAdjusted),
    effect === null ? '' : formatNumber(effect, 2),
  ];
}

/** What a verdict without a p-value rests on. */
const BASES: Readonly<Record<Cell['basis'], string>> = {
  identity: 'identical',
  tolerance: 'by tolerance',
  test: '',
  exact: 'no noise',
  value: 'no value',
  status: '',
  none: 'not judged',
};

export function describeP(p: number): string {
  return p < 0.001 ? '<0.001' : String(Number(p.toPrecision(2)));
}

/** `123 configurations in both, 2 in A alone` */
export function describeConfigurations({ counts }: Pick<RunComparison, 'counts'>): string {
  const { both, onlyA, onlyB, pairs } = counts;
  return [
    `${plural(both, 'configuration')} in both`,
    ...(onlyA > 0 ? [`${onlyA.toLocaleString('en-US')} in A alone (gone)`] : []),
    ...(onlyB > 0 ? [`${onlyB.toLocaleString('en-US')} in B alone (new)`] : []),
    ...(pairs > 0 ? [`${plural(pairs, 'trial')} with the same seed`] : []),
  ].join(', ');
}

/** How long trials took, and what that says; null where no times are known. */
export function describeSpeed({ speed, overall }: Pick<RunComparison, 'speed' | 'overall'>): string | null {
  const { a, b, ratio, p, verdict, unjudged } = speed;
  if (a === null || b === null) return null;
  const means = `${formatNumber(a, 3)} ms a trial in A, ${formatNumber(b, 3)} ms in B`;
  if (unjudged.length > 0) return `${means}; not judged: ${unjudged.join('; ')}`;
  if (ratio === null) return means;
  const change = `${ratio > 1 ? '+' : ''}${formatNumber((ratio - 1) * 100, 3)} %`;
  const sure = p === null ? '' : ` (p=${describeP(p)})`;
  const said = { same: 'as fast', better: 'faster', worse: 'slower', noisy: 'within noise' }[verdict];
  const of = overall.find(({ metric }) => metric === RUN_MS)?.verdicts ?? {};
  const single = [
    ...(of.worse === undefined ? [] : [`${plural(of.worse, 'configuration')} slower`]),
    ...(of.better === undefined ? [] : [`${plural(of.better, 'configuration')} faster`]),
  ];
  return [`${means}; median over configurations ${change}${sure}: ${said}`, ...single].join('; ');
}

/** What would let cells be judged that were not; null where there are none. */
export function adviseOnNoisy({ cells, rules }: Pick<RunComparison, 'cells' | 'rules'>): string | null {
  const names = new Set<string>();
  let count = 0;
  for (let i = 0; i < cells.length; i++) {
    const metric = cells.metricAt(i);
    if (cells.verdictAt(i) !== 'noisy' || cells.basisAt(i) !== 'none' || metric === RUN_MS) continue;
    names.add(metric);
    count++;
  }
  if (count === 0) return null;
  const example = rules.find(({ metric }) => names.has(metric))!.metric;
  return `${plural(count, 'cell')} of single replicates moved, and nothing tells that from noise (${[...names].join(', ')}): run with --replicates 3, or say what may be put up with: --tolerance ${example}=1%`;
}

/** `accuracy (max, tolerance 0.01)` */
export function describeRule({ metric, goal, tolerance }: RunComparison['rules'][number]): string {
  const parts = [
    ...(goal === null ? [] : [goal]),
    ...(tolerance === null ? [] : [`tolerance ${describeTolerance(tolerance)}`]),
  ];
  return parts.length === 0 ? metric : `${metric} (${parts.join(', ')})`;
}
