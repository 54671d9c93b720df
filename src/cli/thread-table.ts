// What each thread of a run does at this moment, as `top` shows processes: for `status`.
import { createDescriber } from '../answer/busy-points.js';
import { formatCount, formatDuration, plural } from '../ground/text.js';
import type { Live } from '../run/live.js';
import type { Manifest } from '../run/manifest.js';
import type { BusyThread } from '../trial/busy.js';
import { renderColumns } from './columns.js';
import { renderProgressLine } from './progress.js';

/** Threads that are shown; the rest is counted. */
const SHOWN = 16;

export interface ThreadFacts {
  readonly live: Live;
  readonly manifest: Pick<Manifest, 'space' | 'sampler'>;
}

/** Progress, then the threads that run trials, the one that has had its trial longest first. */
export function renderThreads({ live, manifest }: ThreadFacts): string {
  const { progress, threads, workers } = live;
  const head = `${renderProgressLine(progress)}; ${formatCount(threads.length)} of ${plural(workers, 'thread')} busy`;
  if (threads.length === 0) return head;
  const describe = progress.stage === undefined ? createDescriber(manifest) : () => '';
  const hosts = new Set(threads.map(({ host }) => host));
  const longest = [...threads].sort((a, b) => b.ms - a.ms);
  const rows = longest
    .slice(0, SHOWN)
    .map((thread) => [
      ...(hosts.size > 1 ? [thread.host] : []),
      `thread ${thread.thread}`,
      nameTrials(thread),
      formatDuration(thread.ms),
      describe(thread),
    ])
    .map((cells) => cells.map((text) => text.replaceAll(/\p{Cc}/gu, ' ')));
  const others = threads.length - rows.length;
  return [head, renderColumns(rows, []), ...(others > 0 ? [`  ${plural(others, 'other thread')}`] : [])].join(
    '\n',
  );
}

function nameTrials({ trial, trials }: BusyThread): string {
  return trials === 1 ? `trial ${trial}` : `${formatCount(trials)} trials from ${trial} on`;
}
