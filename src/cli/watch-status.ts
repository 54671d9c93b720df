// `status`, once or every second until the run ends: redrawn on a terminal, a line whenever something has changed
// elsewhere. Reads the journal again each time and takes no lock.
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../answer/answer.js';
import { renderAnswer } from '../answer/words.js';
import { type Clock, systemClock } from '../ground/clock.js';
import { formatCount, formatDuration } from '../ground/text.js';
import type { QueueAddress } from '../queue/address.js';
import type { QueueState } from '../queue/state.js';
import { describeState, type RunStatus, readRunStatus } from '../run/status.js';
import { countWaiting } from '../run/waiting.js';
import { renderHosts, toJson } from './host-table.js';
import { renderStatus, statusToJson } from './plan-table.js';
import { clip } from './progress.js';
import type { Terminal } from './terminal.js';
import { renderThreads } from './thread-table.js';

export interface StatusOptions {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly watch: boolean;
  /** Where the hosts of the run are; absent: nobody asks. */
  readonly queue?: QueueAddress | undefined;
}

const EVERY_MS = 1000;
/** Reading a large run takes its time: no more than a part of it is spent on that. */
const PAUSES = 4;

/** Prints the status; with `watch` it resolves once nobody works on the run any more. */
export async function showStatus(
  folder: string,
  { terminal, json, watch, queue }: StatusOptions,
  clock: Clock = systemClock,
): Promise<void> {
  const screen = watch && !json && terminal.isInteractive ? createScreen(terminal) : undefined;
  let said = '';
  for (;;) {
    const began = clock.elapsed();
    const status = await readRunStatus(folder);
    const isOver = !watch || status.coordinator === null;
    const { answer } = ask(status);
    const there = queue === undefined ? undefined : await readQueue(queue, status.manifest.runId);
    if (json)
      terminal.print(
        JSON.stringify({ ...statusToJson(status), answer, ...(there === undefined ? {} : toJson(there)) }),
      );
    else if (isOver || screen !== undefined) {
      const { metrics } = status.state.epoch.record.worker;
      const { live, manifest } = status;
      const threads = live === null ? [] : [renderThreads({ live, manifest })];
      const found = renderAnswer(answer, metrics, Math.min(80, terminal.width));
      const hosts = there === undefined ? [] : renderHosts(there, clock.now()).split('\n');
      const text = [renderStatus(status), ...found, ...threads, ...hosts];
      if (isOver) screen?.clear();
      if (isOver) terminal.print(text.join('\n'));
      else screen!.draw(text.join('\n').split('\n'));
    } else {
      const line = renderStatusLine(status);
      if (line !== said) terminal.say(line);
      said = line;
    }
    if (isOver) return;
    await sleep(Math.max(EVERY_MS, (clock.elapsed() - began) * PAUSES));
  }
}

/** What there is of this run, its stages included. */
async function readQueue(queue: QueueAddress, run: string): Promise<QueueState> {
  const [{ readQueueState }, isOwn] = [
    await import('../queue/state.js'),
    (name: string) => name === run || name.startsWith(`${run}.`),
  ];
  const { hosts, runs, others } = await readQueueState(queue);
  return {
    others: others.filter(isOwn),
    runs: runs.filter((each) => isOwn(each.run)),
    hosts: hosts.map((host) => ({
      ...host,
      busy: host.busy.filter((each) => isOwn(each.run)),
      runs: Object.fromEntries(Object.entries(host.runs).filter(([name]) => isOwn(name))),
    })),
  };
}

interface Screen {
  /** In place of what was drawn before. */
  draw(lines: readonly string[]): void;
  clear(): void;
}

/** Lines are cut: one that the terminal breaks would be counted as one. What others wrote moves no cursor but this. */
function createScreen({ stderr }: Pick<Terminal, 'stderr'>): Screen {
  let drawn = 0;
  const back = () => (drawn === 0 ? '' : `\x1b[${drawn}A\x1b[J`);
  return {
    draw(lines) {
      const width = (stderr.columns ?? 80) - 1;
      const shown = lines.map((line) => `${clip(line.replaceAll(/\p{Cc}/gu, ' '), width)}\n`);
      stderr.write(back() + shown.join(''));
      drawn = lines.length;
    },
    clear() {
      stderr.write(back());
      drawn = 0;
    },
  };
}

/** `escape: running, 1,234 of 5,000 done, 3 failed, 4m 10s left` */
export function renderStatusLine(status: RunStatus): string {
  const { manifest, total, done, failed, timeout, pruned, live } = status;
  const waiting = countWaiting(status.waiting);
  const parts = [
    describeState(status),
    `${formatCount(done)}${total === null ? '' : ` of ${formatCount(total)}`} done`,
    ...(pruned > 0 ? [`${formatCount(pruned)} pruned`] : []),
    ...(waiting > 0 ? [`${formatCount(waiting)} waiting`] : []),
    ...(failed + timeout > 0 ? [`${formatCount(failed + timeout)} failed`] : []),
    ...(live?.progress.etaMs == null ? [] : [`${formatDuration(live.progress.etaMs)} left`]),
  ];
  return `${manifest.sweep}: ${parts.join(', ')}`;
}
