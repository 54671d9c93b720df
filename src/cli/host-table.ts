// The hosts of a queue and its runs as text, and as plain data.
import { formatBytes, formatCount, formatDuration, plural } from '../ground/text.js';
import type { HostRecord } from '../queue/messages.js';
import type { QueuedRun } from '../queue/registry.js';
import type { QueueState } from '../queue/state.js';
import { renderColumns } from './columns.js';

/** `now`: milliseconds since 1970. Clocks of machines differ: a host is never seen in the future. */
export function renderHosts({ hosts, runs, others }: QueueState, now: number): string {
  const head =
    hosts.length === 0
      ? 'no hosts'
      : `${plural(hosts.length, 'host')}, ${plural(
          hosts.reduce((sum, { threads }) => sum + threads, 0),
          'thread',
        )}`;
  const lines = [head];
  if (hosts.length > 0) lines.push(renderColumns(hosts.map(describeHost), []));
  for (const host of hosts) lines.push(...describeWork(host, now));
  lines.push(runs.length === 0 ? 'no runs' : plural(runs.length, 'run'));
  if (runs.length > 0) lines.push(renderColumns(runs.map(describeRun), []));
  if (others.length > 0)
    lines.push(
      `${plural(others.length, 'run')} of another Sweepline: ${others.join(', ')} (--forget removes one that nobody takes up again)`,
    );
  return lines.map((line) => line.replaceAll(/[^\P{Cc}\n]/gu, ' ')).join('\n');
}

function describeHost(host: HostRecord): string[] {
  const { name, process, state, threads, busy, cores, memoryBytes, devices, sweepline, node } = host;
  return [
    name,
    `pid ${process}`,
    state,
    `${Math.min(busy.length, threads)} of ${plural(threads, 'thread')} busy`,
    `${formatCount(cores)} cores, ${formatBytes(memoryBytes)}`,
    devices.join(','),
    `Sweepline ${sweepline}, Node.js ${node}`,
  ];
}

function describeWork({ name, busy, runs, seen }: HostRecord, now: number): string[] {
  const rows = busy.map(({ run, trial, trials, since }) => [
    name,
    run,
    trials === 1 ? `trial ${trial}` : `${formatCount(trials)} trials from ${trial} on`,
    formatDuration(Math.max(0, now - since)),
  ]);
  const refused = Object.entries(runs).flatMap(([run, { state, why }]) =>
    state === 'refused' ? [`  ${name} does not take run ${run}: ${why}`] : [],
  );
  const last = `  ${name} was heard ${formatDuration(Math.max(0, now - seen))} ago`;
  return [...(rows.length === 0 ? [] : [renderColumns(rows, [])]), ...refused, last];
}

function describeRun({
  run,
  worker,
  priority,
  waiting,
  running,
  isAlive,
  isLeft,
  coordinator,
}: QueuedRun): string[] {
  return [
    run,
    worker.name,
    `priority ${priority}`,
    `${formatCount(running)} running, ${formatCount(waiting)} waiting`,
    isLeft
      ? 'cut short, and results wait for it: resume it'
      : isAlive
        ? `coordinator on ${coordinator.host}`
        : 'its coordinator is gone: resume it',
  ];
}

/** What a program may want to know; where workers lie on the coordinator's disk is its own affair. */
export function toJson({ hosts, runs, others }: QueueState): object {
  return {
    hosts,
    runs: runs.map(
      ({ run, worker, priority, waiting, running, isAlive, coordinator, sweepline, engine, device }) => ({
        ...{
          run,
          worker: worker.name,
          priority,
          waiting,
          running,
          isAlive,
          coordinator,
          sweepline,
          engine,
          device,
        },
      }),
    ),
    others,
  };
}
