// What a program prints that is no metric: passed on as if the worker had printed it, within bounds, and its end kept for
// the message of a failure.
import { isMainThread } from 'node:worker_threads';
import { formatCount } from '../../ground/text.js';
import { toPlain } from '../../worker/command/lines.js';
import type { StreamName } from './program.js';

/** Lines that are passed on of a trial, and characters of each. */
const MOST_LINES = 1000;
const LONGEST_LINE = 2000;
/** What a failure quotes: the end of a Python traceback, say. */
const TAIL_LINES = 12;
const TAIL_LENGTH = 300;

export interface Output {
  add(line: string, stream: StreamName): void;
  /** Something of ours about the trial. */
  note(text: string): void;
  /** Says how much was left out. */
  end(): void;
  /** The last lines of stderr, or of stdout where stderr had none; indented, for a message. */
  tail(): string;
}

export function createOutput(trial: number): Output {
  const tails: Readonly<Record<StreamName, string[]>> = { stdout: [], stderr: [] };
  let lines = 0;
  return {
    add(line, stream) {
      const tail = tails[stream];
      const plain = toPlain(line.slice(0, LONGEST_LINE)).slice(0, TAIL_LENGTH);
      if (tail.push(plain) > TAIL_LINES) tail.shift();
      if (++lines <= MOST_LINES) say(`trial ${trial}: ${line.slice(0, LONGEST_LINE)}`);
    },
    note: (text) => say(`trial ${trial}: ${text}`),
    end() {
      if (lines > MOST_LINES) say(`trial ${trial}: … ${formatCount(lines - MOST_LINES)} more lines`);
    },
    tail() {
      const [name, kept] = tails.stderr.length > 0 ? ['stderr', tails.stderr] : ['stdout', tails.stdout];
      const last = kept.join('\n').trimEnd();
      if (last === '') return '; it printed nothing';
      return `; the end of its ${name}:\n${last.replace(/^/gm, '  ')}`;
    },
  };
}

/** In this process itself (replay) stdout is for results. */
function say(line: string): void {
  (isMainThread ? process.stderr : process.stdout).write(`${line}\n`);
}
