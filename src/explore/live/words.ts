// Counts, times and states as the live page says them.
import { formatCount, formatDuration } from '../../ground/text.js';
import { make } from '../dom.js';
import type { CountsOfRun, ProgressView, RunPhase } from './contract.js';

/** How each state is shown; others are shown as they are called. */
const TONES: Readonly<Record<string, string>> = {
  running: 'good',
  paused: 'wait',
  stopping: 'wait',
  complete: 'calm',
  unread: 'calm',
  died: 'bad',
  unreadable: 'bad',
};

export function badge(phase: RunPhase): HTMLElement {
  const tone = Object.hasOwn(TONES, phase) ? TONES[phase]! : 'wait';
  return make('span', { class: `badge ${tone}`, text: phase === 'unread' ? 'reading …' : phase });
}

/** `1,234 of 5,000 done` */
export function describeDone(done: number, total: number | null): string {
  return `${formatCount(done)}${total === null ? '' : ` of ${formatCount(total)}`} done`;
}

/** `3 failed, 1 timeout, 12 pruned`; nothing where there is nothing to say. */
export function describeBad(found: CountsOfRun): readonly string[] {
  const { failed, timeout, pruned, skipped, orphaned, waiting } = found;
  const counts = { failed, timeout, pruned, skipped, orphaned, waiting };
  return Object.entries(counts).flatMap(([name, n]) => (n > 0 ? [`${formatCount(n)} ${name}`] : []));
}

/** `2 running`, `0.8 trials/s`, `4m 10s to go`, `best loss 0.12` */
export function describeProgress({
  running,
  rate,
  etaMs,
  elapsedMs,
  metric,
}: ProgressView): readonly string[] {
  return [
    `${formatCount(running)} running`,
    ...(rate > 0 ? [`${Number(rate.toPrecision(2))} trials/s`] : []),
    ...(etaMs === null ? [] : [`about ${formatDuration(etaMs)} to go`]),
    `${formatDuration(elapsedMs)} so far`,
    ...(metric === null ? [] : [metric]),
  ];
}

/** `3m 20s ago`, of an ISO date; empty where it is none. */
export function describeAge(created: string, now: number): string {
  const ms = now - Date.parse(created);
  return Number.isNaN(ms) ? '' : ms < 1000 ? 'now' : `${formatDuration(Math.max(1000, ms))} ago`;
}

/** 0 to 1; null where nobody knows the total. */
function fractionOf(done: number, total: number | null): number | null {
  return total === null || total === 0 ? null : Math.min(1, done / total);
}

export function bar(done: number, total: number | null, label: string): HTMLElement {
  const fraction = fractionOf(done, total);
  const element = make('progress', { attributes: { max: '1', 'aria-label': label } });
  if (fraction !== null) element.value = fraction;
  return element;
}
