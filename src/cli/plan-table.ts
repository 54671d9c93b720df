// A plan and a run's status as text for people.
import { formatBytes, formatCount, formatDuration, plural } from '../ground/text.js';
import { describeState, type RunStatus } from '../run/status.js';
import type { Plan } from '../sweep/contract.js';
import { renderColumns } from './columns.js';
import { commandOn, showPath } from './paths.js';
import { describeShard } from './shard.js';

export function renderPlan(plan: Plan): string {
  const { folder, excluded, passing } = plan;
  const facts: [string, string][] = [['sampler', plan.sampler]];
  if (plan.pruner !== undefined) facts.push(['pruner', plan.pruner]);
  plan.axes.forEach((axis, i) => {
    facts.push([i === 0 ? 'axes' : '', axis]);
  });
  if (plan.shard !== null) facts.push(['shard', describeShard(plan.shard)]);
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
        : `too many to count: ${formatCount(passing.accepted)} of a sample of ${plural(passing.of, 'point')} are to run`,
    ],
    ['new', plan.new, describeNew(plan)],
    ['orphaned', plan.orphaned, 'begun by a process that died: they run again'],
    ['done', plan.done, 'kept, never run again'],
    ['failed', plan.failed, plan.failed > 0 ? `run again with ${retry}` : 'ended without a result'],
  ];
  const stages = plan.stages.map(({ name, about, trials, done }) => [
    `stage ${name}`,
    formatCount(trials),
    `${about === '' ? 'run' : about}, before the trials that need it${done > 0 ? `; ${formatCount(done)} done` : ''}`,
  ]);
  return [
    `${plan.sweep}: ${plan.title}`,
    renderColumns(facts),
    '',
    renderColumns([
      ...counts.map(([name, count, about]) => [name, count === null ? '?' : formatCount(count), about]),
      ...stages,
    ]),
    '',
    describeTodo(plan),
  ].join('\n');
}

/** Several plans as one: `In all: …`. */
export function renderTotal(plans: readonly Plan[]): string {
  const counts = plans.map(countTodo);
  const todo = counts.reduce((sum, { trials }) => sum + trials, 0);
  const is = (word: Todo['is']) => counts.some((count) => count.is === word);
  const about = is('at most') ? 'at most ' : is('about') ? 'about ' : '';
  const known = plans.filter(({ predictedMs }) => predictedMs !== null);
  const ms = known.reduce((sum, { predictedMs }) => sum + predictedMs!, 0);
  const unknown = plans.flatMap(({ sweep, predictedMs, stages }) => [
    ...(predictedMs === null ? [`sweep ${sweep}`] : []),
    ...unmeasured(stages).map((stage) => `stage ${stage} of ${sweep}`),
  ]);
  const without = unknown.length === 0 ? '' : `${unknown.join(' and ')} not measured yet`;
  const time =
    known.length === 0
      ? 'time not measured yet'
      : `${is('at most') ? 'at most about' : 'about'} ${formatDuration(ms)}${without === '' ? '' : `, ${without}`}`;
  return `In all: ${plural(plans.length, 'sweep')}, ${about}${plural(todo, 'trial')} to run, ${time}`;
}

interface Todo {
  readonly trials: number;
  readonly is: 'exact' | 'about' | 'at most';
}

function countTodo({ trials, new: fresh, orphaned, estimated, excluded, done, passing }: Plan): Todo {
  if (excluded !== null) return { trials: fresh + orphaned, is: 'exact' };
  if (estimated === undefined) return { trials: fresh + orphaned, is: 'at most' };
  const left = Math.max(0, estimated - done);
  if (passing?.accepted === 0) return { trials: left, is: 'at most' };
  return { trials: left, is: estimated < trials ? 'about' : 'exact' };
}

function describeNew(plan: Plan): string {
  const { trials, is } = countTodo(plan);
  if (is === 'about') return `at most: about ${formatCount(trials)} by the sample`;
  if (is === 'at most' && plan.passing !== undefined)
    return `at most: no more than ${formatCount(trials)} by the sample`;
  return is === 'at most' ? 'at most: the sampler decides as it goes' : 'never run';
}

function describeTodo(plan: Plan): string {
  const { predictedMs, predictedFrom, predictedWith = [], predictedBytes, workers, stages } = plan;
  const { trials, is } = countTodo(plan);
  if (trials === 0 && is === 'exact') return 'Nothing to run';
  const why =
    predictedFrom === 'cost' ? 'by the cost of trials' : 'if trials take as long as those of the newest run';
  const time =
    predictedMs === null
      ? ['time not measured yet']
      : [
          `${is === 'at most' ? 'at most about' : 'about'} ${formatDuration(predictedMs)} ${why}`,
          ...(predictedWith.length === 0 ? [] : [`measured with ${predictedWith.join(' and ')}`]),
          ...unmeasured(stages).map((stage) => `stage ${stage} not measured yet`),
        ];
  return [
    `To run: ${is === 'exact' ? '' : `${is} `}${formatCount(trials)}`,
    ...time,
    `on ${plural(workers, 'worker')}`,
    ...(predictedBytes === null ? [] : [`${formatBytes(predictedBytes)} on disk`]),
  ].join(', ');
}

/** Names of the stages of which nothing tells how long they take. */
function unmeasured(stages: Plan['stages']): string[] {
  return stages.filter((stage) => stage.predictedMs === null).map(({ name }) => name);
}

export function renderStatus(status: RunStatus): string {
  const { manifest, folder, total, done, meanRunMs, coordinator } = status;
  const state = describeState(status);
  const facts: [string, string][] = [
    ['run', manifest.runId],
    ['folder', showPath(folder)],
    ['state', coordinator === null ? state : `${state} (pid ${coordinator.pid} on ${coordinator.host})`],
  ];
  if (manifest.shard !== null) facts.push(['shard', describeShard(manifest.shard)]);
  facts.push([
    'trials',
    total === null ? `${formatCount(done)} done` : `${formatCount(done)} done of ${formatCount(total)}`,
  ]);
  const { ended, paused } = status.waiting;
  if (paused.length > 0) {
    const rungs = paused.map(({ rung, trials }) => `${formatCount(trials)} at step ${rung}`);
    facts.push(['paused', `${rungs.join(', ')}: they wait for what is decided on others, or for a worker`]);
  }
  if (ended > 0)
    facts.push(['waiting', `${formatCount(ended)} have ended, and wait for what is decided on earlier ones`]);
  for (const stage of status.stages)
    facts.push([
      `stage ${stage.name}`,
      `${formatCount(stage.done)} done${stage.failed > 0 ? `, ${formatCount(stage.failed)} failed` : ''}`,
    ]);
  for (const kind of ['ok', 'failed', 'timeout', 'pruned', 'skipped', 'orphaned'] as const) {
    if (kind === 'ok' || status[kind] > 0) facts.push([kind, formatCount(status[kind])]);
  }
  if (meanRunMs !== null)
    facts.push([
      'a trial',
      `${meanRunMs < 10 ? `${Number(meanRunMs.toPrecision(2))} ms` : formatDuration(meanRunMs)} on average`,
    ]);
  if (coordinator === null && state !== 'complete')
    facts.push(['hint', `resume with \`${commandOn('resume', folder)}\``]);
  return `${manifest.sweep}: ${manifest.title}\n${renderColumns(facts)}`;
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
