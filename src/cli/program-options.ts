// The options of `run` and `plan` for any program as a trial: what it is called with, what it tells, what is kept of it.
import { SweeplineError } from '../ground/errors.js';
import { isWord } from '../ground/shape.js';
import { describeUnknown } from '../ground/text.js';
import type { RunRequest } from '../sweep/contract.js';
import type { CommandRequest } from '../sweep/definition/command.js';
import type { MetricSpec } from '../trial/metrics.js';
import { KEEPS } from '../worker/command/contract.js';
import { METRICS_FILES } from '../worker/command/files.js';
import type { OptionValues } from './command.js';
import { anyText, listOption, oneOf, option } from './options.js';

const PROGRAM = 'Any program';

type NamedMetric = readonly [name: string, spec: MetricSpec];

export const programOptions = {
  command: option(
    PROGRAM,
    '--command <line>',
    'a command of the shell in place of a sweep, such as "python3 train.py --lr {lr}"; --set says the values',
    anyText,
  ),
  metrics: listOption<readonly NamedMetric[]>(
    PROGRAM,
    '--metrics <names>',
    'what it tells at its end, such as loss:min,accuracy:max; also :integer, :boolean and :string',
    readMetricList,
  ),
  series: listOption(
    PROGRAM,
    '--series <names>',
    'what it tells with a step, for metrics.csv, such as loss,accuracy',
    readNames,
  ),
  read: option(
    PROGRAM,
    '--read <from>',
    'where metrics are: json-lines or name=value on stdout (default: both), metrics.json or .csv in its folder, or a /pattern/ with named groups',
    readFrom,
  ),
  keep: option(
    PROGRAM,
    '--keep <which>',
    'folders of trials that stay: never, failed (default) or always',
    oneOf(...KEEPS),
  ),
  name: option(PROGRAM, '--name <word>', "the sweep's name (default: the program's)", readWord),
} as const;

export type ProgramOptionValues = OptionValues<typeof programOptions>;

/** Options that mean something with one another only. */
export function findProgramFaults(sweep: string | undefined, options: ProgramOptionValues & Aims): string[] {
  if (options.command !== undefined)
    return sweep === undefined
      ? findUntold(options)
      : [`the sweep "${sweep}" and --command: expected one of both`];
  return Object.keys(programOptions)
    .filter((name) => Object.hasOwn(options, name))
    .map((name) => `--${name} belongs to --command, which is not given`);
}

/** What is asked of what a program tells. */
interface Aims {
  readonly objective?: readonly string[];
  readonly pruner?: string;
}

/** Nothing is read of a program but what it is said to tell. */
function findUntold({
  metrics = [],
  series = [],
  objective = [],
  pruner = 'none',
}: ProgramOptionValues & Aims) {
  const told = metrics.flat().map(([name]) => name);
  const nameOf = (aim: string) => aim.split(':')[0]!.trim();
  const missing = objective.filter((aim) => !told.includes(nameOf(aim)));
  const faults = missing.map(
    (aim) => `--objective ${aim}: --metrics does not name ${nameOf(aim)}; add --metrics ${aim}`,
  );
  if (pruner === 'none' || series.length > 0) return faults;
  const looked = objective.map(nameOf)[0] ?? told[0] ?? 'loss';
  return [
    ...faults,
    `--pruner ${pruner}: it looks at values that the program prints with a step, and none are named; add --series ${looked}`,
  ];
}

/** What the options ask for beside what is varied. */
export function toCommandRequest(
  { command, metrics = [], series = [], name, read, keep }: ProgramOptionValues,
  { set = {}, sampler }: Pick<RunRequest, 'set' | 'sampler'>,
): CommandRequest {
  return {
    run: command!,
    set,
    ...(sampler === undefined ? {} : { sampler }),
    metrics: Object.fromEntries(metrics.flat()),
    series: series.flat(),
    ...(name === undefined ? {} : { name }),
    ...(read === undefined ? {} : { read }),
    ...(keep === undefined ? {} : { keep }),
  };
}

const TYPES = ['number', 'integer', 'boolean', 'string'] as const;

/** `loss:min,label:string` */
function readMetricList(text: string): readonly NamedMetric[] {
  return readNames(text).map((item) => {
    const [name, ...words] = item.split(':');
    let spec: MetricSpec = { type: 'number' };
    for (const word of words) {
      const type = TYPES.find((known) => known === word);
      if (type !== undefined) spec = { ...spec, type };
      else if (word === 'min' || word === 'max') spec = { ...spec, goal: word };
      else
        throw new SweeplineError(
          'BAD_USAGE',
          describeUnknown('goal or type', word, ['min', 'max', ...TYPES]),
        );
    }
    return [name!, spec];
  });
}

function readNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return names;
  throw new SweeplineError('BAD_USAGE', 'expected names between commas, such as loss,accuracy');
}

function readFrom(text: string): NonNullable<CommandRequest['read']> {
  if (text === 'auto' || text === 'json-lines' || text === 'name=value') return text;
  const [, pattern] = /^\/(.+)\/$/s.exec(text) ?? [];
  if (pattern !== undefined) return { pattern };
  if (METRICS_FILES.some((end) => text.endsWith(end))) return { file: text };
  throw new SweeplineError(
    'BAD_USAGE',
    'expected json-lines, name=value, a file such as metrics.json or metrics.csv, or a pattern such as "/loss: (?<loss>\\S+)/"',
  );
}

function readWord(text: string): string {
  if (isWord(text)) return text;
  throw new SweeplineError('BAD_USAGE', 'expected a word such as my-training: it names the run folder');
}
