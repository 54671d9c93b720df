// A plan and a run's status as text for people.
import Table from 'cli-table3';
import { formatBytes, formatCount, formatDuration, plural } from '../ground/text.js';
import { describeState, type RunStatus } from '../run/status.js';
import type { Plan } from '../sweep/contract.js';
import { commandOn, showPath } from './paths.js';

export function renderPlan(plan: Plan): string {
  const { folder, excluded, passing, predictedMs, predictedFrom, predictedBytes, workers } = plan;
  const facts: [string, string][] = [['sampler', plan.sampler]];
  plan.axes.forEach((axis, i) => {
    facts.push([i === 0 ? 'axes' : '', axis]);
  });
  if (folder !== null) facts.push(['folder', showPath(folder)]);
  const retry =
    folder === null
      ? '`sweepline resume <run> --retry failed`'
      : `\`${commandOn('resume', folder)} --retry failed\``;
  const counts: [string, number | null, string][] = [
    ['trials', plan.trials, 'points times replicates'],
    [
      'excluded',
      excluded,
      passing === undefined
        ? 'left out by the constraint, or there already'
        : `too many to count: ${formatCount(passing.accepted)} of a sample of ${plural(passing.of, 'point')} pass the constraint`,
    ],
    ['new', plan.new, 'never run'],
    ['orphaned', plan.orphaned, 'begun by a process that died: they run again'],
    ['done', plan.done, 'kept, never run again'],
    ['failed', plan.failed, plan.failed > 0 ? `run again with ${retry}` : 'ended without a result'],
  ];
  const stages = plan.stages.map(({ name, about, trials, done }) => [
    `stage ${name}`,
    formatCount(trials),
    `${about === '' ? 'run' : about}, before the trials that need it${done > 0 ? `; ${formatCount(done)} done` : ''}`,
  ]);
  const cost = [
    predictedMs === null
      ? 'time not measured yet'
      : `about ${formatDuration(predictedMs)} ${predictedFrom === 'cost' ? 'by the cost of trials' : 'if trials take as long as those of the newest run'}`,
    `on ${plural(workers, 'worker')}`,
    ...(predictedBytes === null ? [] : [`${formatBytes(predictedBytes)} on disk`]),
  ];
  const todo = plan.new + plan.orphaned;
  return [
    `${plan.sweep}: ${plan.title}`,
    renderRows(facts),
    '',
    renderRows([
      ...counts.map(([name, count, about]) => [name, count === null ? '?' : formatCount(count), about]),
      ...stages,
    ]),
    '',
    todo === 0 ? 'Nothing to run' : `To run: ${formatCount(todo)}, ${cost.join(', ')}`,
  ].join('\n');
}

export function renderStatus(status: RunStatus): string {
  const { manifest, folder, total, done, meanRunMs, coordinator } = status;
  const state = describeState(status);
  const facts: [string, string][] = [
    ['run', manifest.runId],
    ['folder', showPath(folder)],
    ['state', coordinator === null ? state : `${state} (pid ${coordinator.pid} on ${coordinator.host})`],
  ];
  if (manifest.shard !== null) facts.push(['shard', `${manifest.shard.index} of ${manifest.shard.count}`]);
  facts.push([
    'trials',
    total === null ? `${formatCount(done)} done` : `${formatCount(done)} done of ${formatCount(total)}`,
  ]);
  for (const stage of status.stages)
    facts.push([
      `stage ${stage.name}`,
      `${formatCount(stage.done)} done${stage.failed > 0 ? `, ${formatCount(stage.failed)} failed` : ''}`,
    ]);
  for (const kind of ['ok', 'failed', 'timeout', 'skipped', 'orphaned'] as const) {
    if (kind === 'ok' || status[kind] > 0) facts.push([kind, formatCount(status[kind])]);
  }
  if (meanRunMs !== null)
    facts.push([
      'a trial',
      `${meanRunMs < 10 ? `${Number(meanRunMs.toPrecision(2))} ms` : formatDuration(meanRunMs)} on average`,
    ]);
  if (state !== 'running' && state !== 'complete')
    facts.push(['hint', `resume with \`${commandOn('resume', folder)}\``]);
  return `${manifest.sweep}: ${manifest.title}\n${renderRows(facts)}`;
}

export interface StatusJson {
  readonly state: string;
  readonly [name: string]: unknown;
}

/** Plain data: the state of the trials without the ranges that the journal keeps. */
export function statusToJson(status: RunStatus): StatusJson {
  const { manifest, state: _, ...plain } = status;
  return {
    run: manifest.runId,
    sweep: manifest.sweep,
    shard: manifest.shard,
    state: describeState(status),
    ...plain,
  };
}

/** Columns without rules or colours. */
function renderRows(rows: readonly (readonly string[])[]): string {
  const none = '';
  const table = new Table({
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: rows.some((row) => row.length > 2) ? ['left', 'right', 'left'] : ['left', 'left'],
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
