// A worker's `command` as it is declared, checked: every placeholder has a value, every variable one owner, and what is
// read for metrics can hold them.
import { findTextFaults, findUnknownKeys, isPlainObject, showValue } from '../../ground/shape.js';
import { describeUnknown } from '../../ground/text.js';
import { type Command, KEEPS, type ReadFrom } from './contract.js';
import { METRICS_FILES } from './files.js';
import { type Declared, groupOf } from './lines.js';
import { namesIn, parseTemplate } from './template.js';
import { BUILT_IN, findVariableFaults } from './values.js';

const KEYS = ['run', 'cwd', 'env', 'read', 'keep', 'files'];
const WORDS = ['auto', 'json-lines', 'name=value'] as const;

/** `params`: names of the worker's parameters. Faults go to `faults`, and the result is then not to be used. */
export function readCommand(
  input: unknown,
  params: readonly string[],
  declared: Declared,
  faults: string[],
): Command {
  const found: string[] = [];
  const options = isPlainObject(input) ? input : { run: input };
  found.push(...findUnknownKeys(options, KEYS), ...findTextFaults(options, ['cwd']));
  const { form, parts } = readRun(options.run, params, found);
  const env = readEnv(options.env, found);
  const read = readFrom(options.read ?? 'auto', declared, found);
  const keep = KEEPS.find((each) => each === (options.keep ?? 'failed')) ?? 'failed';
  if (options.keep !== undefined && options.keep !== keep)
    found.push(`keep: expected one of ${KEEPS.join(', ')}; found ${showValue(options.keep)}`);
  const files = readTexts('files', options.files ?? [], found);
  const cwd = typeof options.cwd === 'string' ? options.cwd : '.';
  faults.push(...found.map((fault) => `command: ${fault}`), ...findVariableFaults(params));
  const text = JSON.stringify({ run: options.run, cwd, env, read: showRead(read) });
  return { form, parts, cwd, env, read, keep, files, text };
}

/** Names that may stand in braces. */
export function placeholders(params: readonly string[]): string[] {
  return [...params, ...BUILT_IN.filter((name) => !params.includes(name))];
}

function readRun(run: unknown, params: readonly string[], faults: string[]): Pick<Command, 'form' | 'parts'> {
  const form = typeof run === 'string' ? 'shell' : 'arguments';
  const texts = typeof run === 'string' ? [run] : run;
  const isList = Array.isArray(texts) && texts.every((text) => typeof text === 'string');
  if (!isList || (texts as string[])[0]?.trim() === '' || texts.length === 0) {
    faults.push(
      `expected a program and its arguments such as ['python3', 'train.py', '--lr', '{lr}'], or a line for the shell; found ${showValue(run)}`,
    );
    return { form, parts: [] };
  }
  const parts = (texts as string[]).map((text) => parseTemplate(text, form));
  const legal = placeholders(params);
  for (const name of new Set(parts.flatMap(namesIn)))
    if (!legal.includes(name))
      faults.push(
        `${describeUnknown(
          'placeholder',
          `{${name}}`,
          legal.map((each) => `{${each}}`),
        )}; braces that are text are written {{${name}}}`,
      );
  if ((texts as string[]).some((text) => text.includes('\0')))
    faults.push('no argument can hold the character NUL');
  return { form, parts };
}

function readEnv(env: unknown, faults: string[]): Command['env'] {
  if (env === undefined) return {};
  if (!isPlainObject(env)) {
    faults.push(`env: expected an object such as { OMP_NUM_THREADS: '1' }, found ${showValue(env)}`);
    return {};
  }
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== 'string' || value.includes('\0'))
      faults.push(`env: ${name}: expected a text, found ${showValue(value)}`);
    if (name === '' || /[=\0]/.test(name)) faults.push(`env: ${showValue(name)} is no name of a variable`);
    if (name.startsWith('SWEEPLINE_')) faults.push(`env: ${name}: names with SWEEPLINE_ are those of trials`);
  }
  return env as Command['env'];
}

function readTexts(option: string, texts: unknown, faults: string[]): string[] {
  if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts;
  faults.push(`${option}: expected a list such as ['train.py'], found ${showValue(texts)}`);
  return [];
}

function readFrom(read: unknown, declared: Declared, faults: string[]): ReadFrom {
  const word = WORDS.find((each) => each === read);
  if (word !== undefined) return word;
  if (isPlainObject(read) && Object.keys(read).length === 1) {
    if (typeof read.file === 'string') return { file: readFile(read.file, faults) };
    const patterns = [read.pattern].flat();
    if (patterns.length > 0 && patterns.every((each) => each instanceof RegExp)) {
      findGroupFaults(patterns, declared, faults);
      return { pattern: patterns };
    }
  }
  faults.push(
    `read: expected one of ${WORDS.join(', ')}, { file: 'metrics.json' } or { pattern: /loss: (?<loss>\\S+)/ }; found ${showValue(read)}`,
  );
  return 'auto';
}

function readFile(file: string, faults: string[]): string {
  const isWithin = !/^([/\\]|[a-z]:)/i.test(file) && !file.split(/[/\\]/).includes('..');
  if (!isWithin || !METRICS_FILES.some((end) => file.endsWith(end)))
    faults.push(
      `read: file ${showValue(file)}: expected a ${METRICS_FILES.join(', ')} file in the trial's folder, such as metrics.json, which the program writes as {folder}/metrics.json`,
    );
  return file;
}

function findGroupFaults(patterns: readonly RegExp[], { metrics, series }: Declared, faults: string[]): void {
  const legal = ['step', ...new Set([...Object.keys(metrics), ...series])].map(groupOf);
  for (const { source } of patterns) {
    const groups = [...source.matchAll(/\(\?<([^=!>][^>]*)>/g)].map(([, name]) => name!);
    if (groups.length === 0)
      faults.push(`read: pattern /${source}/ has no named group; expected one such as (?<loss>\\S+)`);
    for (const group of groups)
      if (!legal.includes(group))
        faults.push(`read: pattern /${source}/: ${describeUnknown('metric or series', group, legal)}`);
  }
}

/** `read` as data, also of patterns. */
function showRead(read: ReadFrom): unknown {
  if (typeof read === 'string' || 'file' in read) return read;
  return { pattern: [read.pattern].flat().map(String) };
}

/** How metrics are read, for people. */
export function describeRead(read: ReadFrom): string {
  if (read === 'json-lines') return 'lines of stdout such as {"loss": 0.5}';
  if (read === 'name=value') return 'lines of stdout such as loss=0.5';
  if (read === 'auto') return 'lines of stdout such as {"loss": 0.5} or loss=0.5';
  if ('file' in read) return `the file ${read.file} in the trial's folder ($SWEEPLINE_FOLDER)`;
  return `lines of stdout that match ${[read.pattern].flat().map(String).join(' or ')}`;
}
