// Finds metrics in what a program prints or writes: JSON objects, `name=value`, patterns, CSV. Reads text alone; what is
// not certainly meant so is an ordinary line.
import { stripVTControlCharacters } from 'node:util';
import type { MetricSpec } from '../../trial/metrics.js';
import type { ReadFrom } from './contract.js';

/** Names that a worker declares. */
export interface Declared {
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  readonly series: readonly string[];
}

/** A value as it stood there: JSON, or text that says nothing of its type. */
export type Found = { readonly json: unknown } | { readonly text: string };

/** Values by name, and the step that they are of; undefined: none. */
export interface Reading {
  readonly step: Found | undefined;
  readonly values: ReadonlyMap<string, Found>;
}

/** The reading of a line, or undefined where it is an ordinary one. */
export type LineReader = (line: string) => Reading | undefined;

const STEP = 'step';
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NO_VALUE = /^(none|null)$/i;
const NAME = '[\\p{L}_][\\p{L}\\p{M}\\p{N}_./-]*';
const PAIR = new RegExp(`(${NAME})\\s*=\\s*("[^"\\\\]*(?:\\\\.[^"\\\\]*)*"|[^\\s,;="]+)(?:[\\s,;]+|$)`, 'uy');
const ONE_PAIR = new RegExp(`^(${NAME})\\s*=\\s*(.*)$`, 'u');
const LABELLED = new RegExp(`^(${NAME}):\\s+(.*)$`, 'u');

export function createLineReader(read: ReadFrom, declared: Declared): LineReader {
  const isOurs = ({ step, values }: Reading): boolean =>
    [...values.keys()].some(
      (name) =>
        Object.hasOwn(declared.metrics, name) || (step !== undefined && declared.series.includes(name)),
    );
  const keepOurs =
    (reader: LineReader): LineReader =>
    (line) => {
      const reading = reader(line);
      return reading !== undefined && isOurs(reading) ? reading : undefined;
    };
  const json = keepOurs(readJsonLine);
  const pairs = keepOurs((line) => readPairs(line) ?? readOne(line, declared));
  if (typeof read === 'object')
    return 'pattern' in read ? createPatternReader(read.pattern, declared) : () => undefined;
  if (read === 'json-lines') return json;
  return read === 'name=value' ? pairs : (line) => json(line) ?? pairs(line);
}

/** The readings of a line, of which a progress bar may have written several over one another; none of an ordinary one. */
export function readLines(line: string, read: LineReader): Reading[] {
  return toPlain(line)
    .split('\r')
    .map(read)
    .filter((reading) => reading !== undefined);
}

/** Colours, cursors and all that begins with ESC [, also what Node does not strip, such as colours with colons. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /(?:\x1b\[|\x9b)([0-?]*)[ -/]*([@-~])/g;

/** Without control sequences; "\r" for those that go to the start of the line, which is how some bars overwrite it. */
export function toPlain(line: string): string {
  if (!line.includes('\x1b') && !line.includes('\x9b')) return line;
  const isToStart = (numbers: string, letter: string) => letter === 'G' && /^[01]?$/.test(numbers);
  return stripVTControlCharacters(
    line.replace(CONTROL, (_, numbers, letter) => (isToStart(numbers, letter) ? '\r' : '')),
  );
}

/** `{"step": 3, "loss": 0.5}` */
export function readJsonLine(line: string): Reading | undefined {
  const text = line.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  return toReading(parseJson(text));
}

/** Of an object that was read from JSON; undefined: it is none. */
export function toReading(value: unknown): Reading | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).map(([name, json]) => [name, { json }] as const);
  return fromEntries(entries);
}

function fromEntries(entries: readonly (readonly [string, Found])[]): Reading {
  const values = new Map(entries);
  const step = values.get(STEP);
  values.delete(STEP);
  return { step, values };
}

/** What JSON has no words for, and Python writes all the same. */
const NOT_FINITE = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;
const MARK = '\u0000number:';

/** JSON with NaN and Infinity as numbers; undefined where it is neither. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const marked = text.replace(NOT_FINITE, (part) =>
      part.startsWith('"') ? part : JSON.stringify(MARK + part),
    );
    if (marked === text) return undefined;
    try {
      return JSON.parse(marked, (_, value: unknown) =>
        typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value,
      ) as unknown;
    } catch {
      return undefined; // an ordinary line
    }
  }
}

/** `step=3 loss=0.5, accuracy=0.9`, and nothing else on the line. */
function readPairs(line: string): Reading | undefined {
  const text = line.trim();
  const entries: (readonly [string, Found])[] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const found = PAIR.exec(text);
    if (found === null) return undefined;
    entries.push([found[1]!, { text: found[2]! }]);
  }
  return entries.length === 0 ? undefined : fromEntries(entries);
}

/** `label=two words` of a text metric, and `loss: 0.5` where that is a value of the metric. */
function readOne(line: string, { metrics }: Declared): Reading | undefined {
  const text = line.trim();
  const [, name = '', value = ''] = ONE_PAIR.exec(text) ?? LABELLED.exec(text) ?? [];
  if (!Object.hasOwn(metrics, name)) return undefined;
  const { type } = metrics[name]!;
  const found: Found = { text: value };
  if (type !== 'string' && typeof typedValue(found, type) === 'string') return undefined;
  return fromEntries([[name, found]]);
}

function createPatternReader(pattern: RegExp | readonly RegExp[], { metrics, series }: Declared): LineReader {
  const names = new Map([STEP, ...Object.keys(metrics), ...series].map((name) => [groupOf(name), name]));
  // Flags that remember where the last match ended would make a line's reading depend on the line before.
  const patterns = [pattern]
    .flat()
    .map(({ source, flags }) => new RegExp(source, flags.replace(/[gy]/g, '')));
  return (line) => {
    const entries = patterns.flatMap((each) =>
      Object.entries(each.exec(line)?.groups ?? {})
        .filter(([, text]) => text !== undefined)
        .map(([group, text]) => [names.get(group) ?? group, { text }] as const),
    );
    return entries.length === 0 ? undefined : fromEntries(entries);
  };
}

/** The name of a group: `val/loss` is `val_loss`, since groups are spelt like variables. */
export function groupOf(name: string): string {
  return name.replace(/[^\p{L}\p{M}\p{N}_]/gu, '_');
}

/** The value for a metric of a type. What is none of that type comes as it was: the trial's check tells. */
export function typedValue(found: Found, type: MetricSpec['type']): unknown {
  if ('json' in found) {
    const isWord = typeof found.json === 'string' && type === 'number';
    return isWord ? (notFinite(found.json as string) ?? found.json) : found.json;
  }
  const { text } = found;
  if (type === 'string') return unquote(text);
  if (NO_VALUE.test(text)) return null;
  if (type === 'boolean') {
    if (/^(true|1)$/i.test(text)) return true;
    return /^(false|0)$/i.test(text) ? false : text;
  }
  return NUMBER.test(text) ? Number(text) : (notFinite(text) ?? text);
}

function notFinite(text: string): number | undefined {
  const [, sign, word] = /^([+-]?)(nan|inf|infinity)$/i.exec(text) ?? [];
  if (word === undefined) return undefined;
  if (word.toLowerCase() === 'nan') return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function unquote(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  const read = parseJson(text);
  return typeof read === 'string' ? read : text;
}
