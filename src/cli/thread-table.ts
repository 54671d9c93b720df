// What each thread of a run does at this moment, as `top` shows processes: for `status`.
import { describePoint } from '../answer/words.js';
import { formatCount, formatDuration, plural } from '../ground/text.js';
import type { Live } from '../run/live.js';
import { type Manifest, proposesPoints } from '../run/manifest.js';
import { createSpace, type Space } from '../space/space.js';
import { isSameValue } from '../space/value.js';
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
  const describe = progress.stage === undefined ? describer(manifest) : () => '';
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

/** Points that a sampler proposed stand in the journal alone, which is not read for this. */
function describer({ space: spec, sampler }: ThreadFacts['manifest']) {
  if (proposesPoints(sampler)) return () => '';
  const space = createSpace(spec);
  const varying = findVarying(space);
  return ({ trial, trials }: BusyThread): string => {
    const point = Math.floor(trial / space.replicates);
    if (trials > 1 || point >= space.points) return '';
    const text = describePoint(space.at(point), varying);
    return space.replicates === 1 ? text : `${text} (replicate ${trial % space.replicates})`.trimStart();
  };
}

/** Boxes beyond are much like these. */
const BOXES = 1000;

/** Axes that take more than one value, in one grid or over all. */
function findVarying({ boxes, names, at }: Space): string[] {
  const some = boxes.slice(0, BOXES);
  const points = some.map(({ first }) => at(first));
  return names.filter(
    (name) =>
      some.some(({ shape }) => (shape.byName.get(name)?.length ?? 0) > 1) ||
      points.some((point) => !isSameValue(point[name], points[0]![name])),
  );
}
