// What has been heard of a program: series go to the trial at once, the last value of a metric counts. Where nothing was to be
// read, says which line was meant, for all that one can see.
import { type ErrorDetails, SweeplineError } from '../../ground/errors.js';
import { formatCount } from '../../ground/text.js';
import type { ReadFrom } from '../../worker/command/contract.js';
import { type Declared, type Reading, toPlain, typedValue } from '../../worker/command/lines.js';
import { describeRead } from '../../worker/command/read.js';
import type { Trial } from '../../worker/contract.js';
import { type Heard, LONGEST } from './program.js';

/** Characters of a line that a message quotes. */
const QUOTED = 120;

interface Meant extends Heard {
  readonly line: string;
}

export interface Collected {
  /** A line that was read, or a part of a metrics file. Throws where it is no report. */
  add(reading: Reading): void;
  /** An ordinary line. */
  pass(line: string, heard: Heard): void;
  /** The program has ended well. Throws TRIAL_FAILED where metrics are declared, and none was told. */
  values(): Readonly<Record<string, unknown>>;
  /** What its author may have meant otherwise; undefined: nothing. */
  warning(): string | undefined;
}

/** What would be the same the next time; without a stack, which would tell of us and not of the program. */
export function failure(message: string, details: ErrorDetails = {}): SweeplineError {
  const error = new SweeplineError('TRIAL_FAILED', message, details);
  delete error.stack;
  return error;
}

export function collect(trial: Trial, { metrics, series }: Declared, read: ReadFrom): Collected {
  const last: Record<string, unknown> = {};
  const names = Object.keys(metrics);
  const naming = new RegExp(
    `(?<![\\p{L}\\p{N}_])(${names.map(escapePattern).join('|')})(?![\\p{L}\\p{N}_])`,
    'iu',
  );
  let meant: Meant | undefined;
  let hasRows = false;
  return {
    add({ step, values }) {
      for (const [name, found] of values)
        if (Object.hasOwn(metrics, name)) last[name] = typedValue(found, metrics[name]!.type);
      if (step === undefined) return;
      const row = series
        .filter((name) => values.has(name))
        .map((name) => [name, typedValue(values.get(name)!, 'number')] as const);
      if (row.length === 0) return;
      hasRows = true;
      trial.report(typedValue(step, 'number') as number, Object.fromEntries(row) as never);
    },
    pass(line, heard) {
      if (names.length === 0) return;
      const plain = toPlain(line);
      if (naming.test(plain)) meant = { ...heard, line: plain.trim().slice(0, QUOTED) };
    },
    values() {
      if (names.length === 0 || Object.keys(last).length > 0) return last;
      const told = `the program ended well and told none of its metrics (${names.join(', ')}); they are read from ${describeRead(read)}`;
      throw failure(meant === undefined ? told : `${told}. ${describeMeant(meant, read)}`);
    },
    warning() {
      if (hasRows || series.length === 0) return undefined;
      return `series ${series.join(', ')}: a program told no value of them together with a step, so its trial has no curve in metrics.csv; expected ${describeStep(series[0]!, read)}`;
    },
  };
}

function describeMeant({ line, stream, isCut }: Meant, read: ReadFrom): string {
  if (stream === 'stderr') return `A line on stderr names one, where nothing is read: ${line}`;
  if (isCut)
    return `A line on stdout that names one has more than ${formatCount(LONGEST.stdout)} characters, and no line that long is read: ${line}. Print the metrics on a line of their own`;
  if (typeof read === 'object') return `A line on stdout that names one is not read so: ${line}`;
  return `A line on stdout that names one is no such line: ${line}. Print the values on a line of their own, or read them by a pattern such as /loss: (?<loss>\\S+)/`;
}

function describeStep(name: string, read: ReadFrom): string {
  if (typeof read === 'string') return `a line such as step=3 ${name}=0.5 or {"step": 3, "${name}": 0.5}`;
  if ('file' in read) return `step beside the values in ${read.file}`;
  return 'a group (?<step>\\d+) in the same pattern, or in another one for the same line';
}

/** As a text in a regular expression. */
function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
