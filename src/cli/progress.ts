// Progress as text: pure functions, the same words on a terminal and in a log.
import { formatCount, formatDuration, plural, renderSparkline } from '../ground/text.js';
import type { Outcome, Progress } from '../sweep/contract.js';

/** Before that, elapsed time says nothing. */
const SHOWN_MS = 1000;
/** Columns of a bar; more say nothing more. */
const WIDEST_BAR = 100;

/** `1,234/5,000 done (24%), 3 failed, 4 running, 812/s, 4.6s left, 1.5s elapsed, peak 1.41`; `done` counts the failed ones too. */
export function renderProgressLine(progress: Progress): string {
  const { stage, total, done } = progress;
  const counts =
    total === null
      ? `${formatCount(done)} done`
      : `${formatCount(done)}/${formatCount(total)} done (${formatPercent(done, total)})`;
  const line = [counts, ...renderDetails(progress)].join(', ');
  return stage === undefined ? line : `stage ${stage}: ${line}`;
}

/** What stands beside or under a bar. */
export function renderDetails(progress: Progress): string[] {
  const { failed, pruned, running, rate, etaMs, elapsedMs, metric } = progress;
  const details = [`${formatCount(failed)} failed`];
  if (pruned !== undefined) details.push(`${formatCount(pruned)} pruned`);
  details.push(`${formatCount(running)} running`);
  if (rate > 0) details.push(formatRate(rate));
  if (etaMs !== null) details.push(`${formatDuration(etaMs)} left`);
  if (elapsedMs >= SHOWN_MS) details.push(`${formatDuration(elapsedMs)} elapsed`);
  if (metric !== null) details.push(metric);
  return details;
}

/** A sparkline of the shown metric, from its least to its greatest value: the newest that fit; empty where there is none. */
export function renderTrend({ trend = [] }: Pick<Progress, 'trend'>, width: number): string {
  const isFlat = trend.every((value) => value === trend[0]);
  return width < 2 || isFlat ? '' : renderSparkline(trend.slice(-width), trend);
}

/** `████████░░░░  24%  1,234/5,000`, at most `width` columns wide. */
export function renderBar({ stage, total, done }: Progress, width: number): string {
  const of = stage === undefined ? '' : `  stage ${stage}`;
  if (total === null) return clip(`${formatCount(done)} done${of}`, width);
  const numbers = `  ${formatPercent(done, total).padStart(4)}  ${formatCount(done)}/${formatCount(total)}${of}`;
  const cells = Math.max(0, Math.min(WIDEST_BAR, width - numbers.length));
  const full = total === 0 ? cells : Math.floor((cells * Math.min(done, total)) / total);
  return clip('█'.repeat(full) + '░'.repeat(cells - full) + numbers, width);
}

export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Rounded down, so that 100% means all. */
function formatPercent(done: number, total: number): string {
  return `${total === 0 ? 100 : Math.floor((100 * done) / total)}%`;
}

/** `812/s`, `3.1/s`, `2.0/min`, `12/h`. */
export function formatRate(perSecond: number): string {
  const [value, unit] =
    perSecond >= 1
      ? [perSecond, 's']
      : perSecond * 60 >= 1
        ? [perSecond * 60, 'min']
        : [perSecond * 3600, 'h'];
  return `${value >= 10 ? formatCount(Math.round(value)) : value.toFixed(1)}/${unit}`;
}

/** `escape: 9,960 trials ok, 1 failed, 2 not run, in 1.2s`; what a sampler has not thought of yet is not counted. */
export function renderOutcome(outcome: Outcome): string {
  const { sweep, ok, pruned, failed, skipped, left, elapsedMs } = outcome;
  const parts = [`${plural(ok, 'trial')} ok`];
  if (pruned > 0) parts.push(`${formatCount(pruned)} pruned`);
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  if (skipped > 0) parts.push(`${formatCount(skipped)} skipped`);
  if (left > 0) parts.push(`${formatCount(left)} not run`);
  return `${sweep}: ${parts.join(', ')}, in ${formatDuration(elapsedMs)}`;
}
