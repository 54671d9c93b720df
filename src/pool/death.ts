// How a host process ended, and whose fault that may be: a signal that a process brings on itself (a crash) is told apart
// from one that comes from outside.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { plural } from '../ground/text.js';
import { type Loss, TaskLost } from './contract.js';

/** How long to wait, in ms, for what a dead host has left in its pipes (a grandchild may hold them open for ever). */
const LAST_WORDS_MS = 500;

/** What crashes end with. Of all others somebody else is the sender: a person, a batch system, the kernel. */
const CRASHES: ReadonlySet<NodeJS.Signals> = new Set([
  ...(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP', 'SIGSYS'] as const),
]);

export interface End {
  readonly cause: string;
  /** Null where the process could not be started, or exited by itself. */
  readonly signal: NodeJS.Signals | null;
  /** Results and lines that the host had written before it ended have been heard. */
  readonly pipesDrained: Promise<unknown>;
}

export async function waitForEnd(child: ChildProcess): Promise<End> {
  const drained = Promise.all([once(child, 'close'), once(child, 'disconnect')]);
  drained.catch(() => undefined); // `once` rejects on 'error' too: the host never started, which is told below
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const patience = new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS).unref());
    return {
      cause: signal === null ? `exited with code ${code}` : `was ended by ${signal}`,
      signal,
      pipesDrained: Promise.race([drained, patience]),
    };
  } catch (error) {
    const cause = `could not be started: ${(error as Error).message}`;
    return { cause, signal: null, pipesDrained: Promise.resolve() };
  }
}

/** Whether a signal came from outside. `kills`: how often the kernel had run out of memory when the host started. */
export function isFromOutside(signal: NodeJS.Signals | null, kills: number | null): boolean {
  if (signal === null || CRASHES.has(signal)) return false;
  // The kernel kills whoever takes most when memory runs out: that is a death like any other.
  return signal !== 'SIGKILL' || countMemoryKills() === kills;
}

/** How many processes the kernel has killed so far because memory had run out; null where it does not say (macOS). */
export function countMemoryKills(): number | null {
  try {
    const [, count] = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8')) ?? [];
    return count === undefined ? null : Number(count);
  } catch {
    return null; // no Linux
  }
}

export interface Death {
  readonly cause: string;
  /** Tasks that it had. */
  readonly held: number;
  readonly lastLines: readonly string[];
  readonly loss: Loss;
}

export function describeDeath({ cause, held, lastLines, loss }: Death): TaskLost {
  const holding = held === 0 ? '' : ` while it held ${plural(held, 'task')}`;
  const quoted =
    lastLines.length === 0 ? '' : `; its last words:\n${lastLines.map((line) => `  ${line}`).join('\n')}`;
  return new TaskLost(loss, `the host process ${cause}${holding}${quoted}`, { hint: hintFor(cause, loss) });
}

function hintFor(cause: string, loss: Loss): string {
  if (loss.cause === 'evicted') return 'somebody or something outside has ended it: see the system log';
  if (cause.endsWith('SIGKILL'))
    return 'the system killed it as memory ran out: try fewer workers, or --memory to find the trial that takes too much';
  return 'what its worker loads may have crashed it; run the trial alone to see';
}
