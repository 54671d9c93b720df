// Reads manifest.json. It may come from somebody else, from another version or from half a copy: every field that is read
// anywhere is looked at here, once, and what is wrong is told with the file, the field and what was expected.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  andThen,
  type Check,
  expecting,
  listOf,
  objectOf,
  oneOf,
  optional,
  orNull,
  recordOf,
  text,
} from '../ground/data-check.js';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { isPlainObject, isWord, showValue } from '../ground/shape.js';
import { describeUnknown, formatBytes } from '../ground/text.js';
import { type DeclaredSpace, findSpaceFaults } from '../space/check.js';
import { findSpellingFault } from '../space/names.js';
import { findValueFault } from '../space/value.js';
import { findToleranceFaults } from '../trial/tolerance.js';
import { MANIFEST_FORMAT, type Manifest } from './manifest.js';
import { referTo } from './reference.js';

export const MANIFEST_FILE = 'manifest.json';

/** The longest text that V8 holds is 2^29 - 24 characters. */
export const LARGEST_MANIFEST = 500_000_000;

const HINT = 'restore manifest.json from a copy of the run, or start the sweep again with another --out';

/** The manifest of the run folder at `path`. Throws BAD_RUN_FOLDER. */
export async function readManifest(path: string): Promise<Manifest> {
  const file = join(path, MANIFEST_FILE);
  const manifest = await parse(file);
  const format = isPlainObject(manifest) ? manifest.format : undefined;
  if (!isPlainObject(manifest) || format === undefined) {
    const found = isPlainObject(manifest) ? 'an object without `format`' : showValue(manifest);
    throw damaged(`${file} is no manifest of Sweepline: it holds ${found}`);
  }
  if (format !== MANIFEST_FORMAT) {
    throw new SweeplineError(
      'BAD_RUN_FOLDER',
      `${file} has format ${showValue(format)}; this Sweepline reads ${MANIFEST_FORMAT}`,
      { hint: 'use the version of Sweepline that made this run' },
    );
  }
  const faults: string[] = [];
  checkManifest(manifest, '', faults);
  throwFaults('BAD_RUN_FOLDER', `${file} is damaged`, faults, { hint: HINT });
  return upgrade(manifest as unknown as EarlierManifest, path);
}

async function parse(file: string): Promise<unknown> {
  let content: string;
  try {
    // Before it is opened: to open a pipe is to wait for its writer.
    const found = await stat(file).catch(() => undefined); // why not, reading it tells
    if (found?.isFile() === false) throw damaged(`cannot read ${file}: it is no file`);
    if (found !== undefined && found.size > LARGEST_MANIFEST)
      throw damaged(
        `cannot read ${file}: it has ${formatBytes(found.size)}; expected at most ${formatBytes(LARGEST_MANIFEST)}`,
      );
    content = Buffer.from(await disk.later.readFile(file)).toString();
  } catch (cause) {
    if (cause instanceof SweeplineError) throw cause;
    throw damaged(`cannot read ${file}: ${(cause as Error).message}`, cause);
  }
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    const whole = content.trim() === '' ? 'it is empty' : (cause as Error).message;
    throw damaged(`cannot read ${file}: it is no JSON, or was cut short (${whole})`, cause);
  }
}

function damaged(message: string, cause?: unknown): SweeplineError {
  return new SweeplineError('BAD_RUN_FOLDER', message, {
    hint: HINT,
    ...(cause === undefined ? {} : { cause }),
  });
}

const wholeFrom = (least: number): Check =>
  expecting(
    `a whole number of at least ${least}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= least,
  );
const word = expecting('a word', isWord);
const value: Check = (given, at, faults) => {
  const fault = given === undefined ? 'it is missing; expected a value' : findValueFault(given);
  if (fault !== undefined) faults.push(`${at}: ${fault}`);
};
const name: Check = (given, at, faults) => {
  text(given, at, faults);
  const fault = typeof given === 'string' ? findSpellingFault(given) : undefined;
  if (fault !== undefined) faults.push(`${at}: ${showValue(given)}: ${fault}`);
};
const tolerance: Check = (given, at, faults) => {
  faults.push(...findToleranceFaults(given).map((fault) => `${at}: ${fault}`));
};
const isFileUrl = expecting('a file: URL', (given) => typeof given === 'string' && canBeFile(given));

const reference: Check = (given, at, faults) =>
  (isPlainObject(given) && Object.hasOwn(given, 'shipped')
    ? objectOf({ shipped: text })
    : isPlainObject(given) && Object.hasOwn(given, 'study')
      ? objectOf({ study: text })
      : objectOf({ fromRun: text, fromDirectory: optional(text) }))(given, at, faults);

const values: Check = (given, at, faults) =>
  objectOf({
    kind: oneOf('list', 'lin', 'log', 'range', 'uniform', 'loguniform', 'int', 'logint', 'normal', 'choice'),
    ...(isPlainObject(given) && ['list', 'choice'].includes(given.kind as string)
      ? { values: expecting('a list', Array.isArray), texts: optional(listOf(text)) }
      : {}),
  })(given, at, faults);

const grids = listOf(
  objectOf({
    axes: listOf(
      objectOf({ names: listOf(text), values: listOf(values), when: optional(recordOf(listOf(value))) }),
    ),
  }),
);

const space = objectOf({ grids, replicates: wholeFrom(1), seeds: optional(listOf(wholeFrom(0))) });

const worker = objectOf({
  name: text,
  version: text,
  params: listOf(
    objectOf({
      name,
      type: oneOf('number', 'integer', 'boolean', 'string', 'json'),
      nullable: optional(oneOf(true)),
      default: value,
    }),
  ),
  metrics: listOf(
    objectOf({
      name,
      type: oneOf('number', 'integer', 'boolean', 'string'),
      unit: optional(text),
      about: optional(text),
      goal: optional(oneOf('min', 'max')),
      tolerance: optional(tolerance),
    }),
  ),
  series: listOf(name),
  stages: optional(listOf(word)),
});

const flag = expecting('true or false', (given) => typeof given === 'boolean');
const shard = orNull(
  andThen(
    objectOf({
      index: wholeFrom(1),
      count: wholeFrom(1),
      by: optional(oneOf('key', 'count', 'cost', 'times')),
      cut: optional(text),
      of: optional(orNull(wholeFrom(0))),
      times: optional(text),
    }),
    ({ index, count }: { index: number; count: number }) =>
      index <= count ? [] : [`index is ${index}; expected at most ${count}, as many as there are shards`],
  ),
);

const fields = objectOf({
  sweepline: text,
  runId: text,
  // A stage's own run is called `sweep.stage`.
  sweep: expecting('a word', (given) => typeof given === 'string' && given.split('.').every(isWord)),
  title: text,
  worker,
  fingerprint: optional(objectOf({ declaration: text, accepts: orNull(text), sources: text })),
  space,
  where: orNull(text),
  axes: listOf(name),
  fixed: recordOf(value, findSpellingFault),
  sampler: objectOf({
    name: text,
    proposes: optional(oneOf(true)),
    trials: optional(wholeFrom(1)),
    grids: optional(grids),
  }),
  seed: expecting('a whole number', Number.isSafeInteger),
  trials: optional(orNull(wholeFrom(0))),
  shard,
  engine: text,
  device: text,
  data: orNull(objectOf({ name: text, sha256: text })),
  dataChoice: orNull(text),
  // Their amounts are looked at with those of the request.
  limits: optional(
    objectOf({ isolation: optional(oneOf('thread', 'process')), retries: optional(wholeFrom(0)) }),
  ),
  budgetMs: optional(expecting('a number above 0', (given) => typeof given === 'number' && given > 0)),
  pruner: optional(
    objectOf({ name: text, metric: text, goal: oneOf('min', 'max'), lookahead: wholeFrom(1) }),
  ),
  parts: optional(listOf(objectOf({ part: text, runId: text, folder: text, shard, isWhole: flag }))),
  node: text,
  packages: recordOf(text),
  git: orNull(text),
  host: text,
  machine: optional(objectOf({ processor: text, cores: wholeFrom(1), system: text })),
  command: listOf(text),
  created: text,
});

/** Those of 0.1.0 have `file:` URLs in place of references. */
const files: Check = (given, at, faults) =>
  (isPlainObject(given) && Object.hasOwn(given, 'sweepUrl')
    ? objectOf({ sweepUrl: isFileUrl, reportUrl: optional(orNull(isFileUrl)) })
    : objectOf({ sweepFile: reference, reportFile: orNull(reference) }))(given, at, faults);

function checkManifest(given: unknown, at: string, faults: string[]): void {
  fields(given, at, faults);
  files(given, at, faults);
  if (faults.length > 0) return;
  faults.push(...findRelations(given as Manifest));
}

/** What fields must be to each other: axes are parameters, and the space holds together. */
function findRelations({ worker: { params }, axes, fixed, space: spec, sampler }: Manifest): string[] {
  const legal = params.map((param) => param.name);
  const faults = [
    ...findRepeated('worker.params', legal),
    ...findRepeated('axes', axes),
    ...[...axes, ...Object.keys(fixed)]
      .filter((each) => !legal.includes(each))
      .map((each) => describeUnknown('parameter', each, legal)),
    ...findSpaceFaults(spec, legal).map((fault) => `space: ${fault}`),
    ...findDomains(spec).map((fault) => `space: ${fault}`),
  ];
  const drawn = (sampler as { readonly grids?: DeclaredSpace['grids'] }).grids;
  if (drawn !== undefined)
    faults.push(
      ...findSpaceFaults({ grids: drawn, replicates: 1 }, legal).map((fault) => `sampler.grids: ${fault}`),
    );
  return faults.slice(0, 8);
}

function findRepeated(at: string, names: readonly string[]): string[] {
  return [...new Set(names.filter((each, i) => names.indexOf(each) !== i))].map(
    (each) => `${at}: "${each}" is there twice; expected once`,
  );
}

/** Trial numbers are of axes that have positions. */
function findDomains({ grids: all }: DeclaredSpace): string[] {
  return all.flatMap(({ axes }) =>
    axes.flatMap(({ names, values: given }) =>
      given.flatMap(({ kind }) =>
        ['uniform', 'loguniform', 'int', 'logint', 'normal', 'choice'].includes(kind)
          ? [`axis ${names.join(' + ')}: its values are ${kind}; expected list, lin, log or range`]
          : [],
      ),
    ),
  );
}

/** What manifests of 0.1.0 have in place of references. */
type EarlierManifest = Manifest & { readonly sweepUrl?: string; readonly reportUrl?: string | null };

function upgrade({ sweepUrl, reportUrl, ...manifest }: EarlierManifest, path: string): Manifest {
  if (sweepUrl === undefined) return manifest;
  const reportFile = reportUrl === null || reportUrl === undefined ? null : referTo(reportUrl, path);
  return { ...manifest, sweepFile: referTo(sweepUrl, path), reportFile };
}

function canBeFile(url: string): boolean {
  if (!URL.canParse(url) || new URL(url).protocol !== 'file:') return false;
  try {
    referTo(url, '.');
    return true;
  } catch {
    return false; // another host, or an escaped slash
  }
}
