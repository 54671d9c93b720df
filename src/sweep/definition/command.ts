// A sweep of one command, made from the command line: no file defines it. Its parameters are what is varied, typed by
// their values; the manifest keeps the whole, so that the run folder alone tells how to continue.
import { createHash } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import { throwFaults } from '../../ground/errors.js';
import type { AxisDomain } from '../../space/types.js';
import type { MetricSpec } from '../../trial/metrics.js';
import type { SpaceParam } from '../../trial/params.js';
import type { Keep } from '../../worker/command/contract.js';
import { type CommandDefinition, commandUrl, readCommandUrl } from '../../worker/command/definition.js';
import { placeholders } from '../../worker/command/read.js';
import { namesIn, parseTemplate } from '../../worker/command/template.js';
import type { SamplerRequest } from '../samplers/list.js';
import { defineSweep, type Sweep } from './define.js';
import { inferParam } from './inferred-params.js';

export interface CommandRequest {
  /** The line for the shell. */
  readonly run: string;
  /** What is varied, by parameter; the last turns fastest. */
  readonly set: Readonly<Record<string, AxisDomain>>;
  /** One that makes values of its own tells its axis. */
  readonly sampler?: SamplerRequest;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  readonly series: readonly string[];
  /** Default: the program's own. */
  readonly name?: string;
  readonly read?: CommandDefinition['read'];
  readonly keep?: Keep;
}

/** Files of the command line with one of these endings, or that may be executed, are code: an edit is told. */
const CODE = /\.(py|sh|bash|zsh|r|jl|m|[cm]?[jt]s|rb|pl|lua|php|jar|exe)$/i;

/** The sweep as a URL that `loadSweep` takes. `cwd`: where its programs start. Throws BAD_USAGE with every fault. */
export function commandSweep(request: CommandRequest, cwd: string): string {
  const { run, set, sampler, metrics, series, read = 'auto', keep = 'failed' } = request;
  const inferred = Object.entries(set).map(([name, values]) => inferParam(name, values));
  const { axis, from }: Readonly<Record<string, unknown>> = sampler ?? {};
  const searched: SpaceParam[] =
    typeof axis === 'string' && typeof from === 'number' && !Object.hasOwn(set, axis)
      ? [{ name: axis, type: 'number', default: from }]
      : [];
  const params = [...inferred.map(({ param }) => param), ...searched];
  const legal = placeholders(params.map(({ name }) => name));
  const unset = namesIn(parseTemplate(run, 'shell')).filter((name) => !legal.includes(name));
  throwFaults(
    'BAD_USAGE',
    '--command',
    [...new Set(unset)].map((name) => `{${name}} has no values; add --set ${name}=…`),
    {
      hint: `there are ${legal.map((name) => `{${name}}`).join(', ')}; braces that are text are written {{…}}`,
    },
  );
  const files = findFiles(run, cwd);
  const definition: CommandDefinition = {
    name: request.name ?? nameOf(run, files),
    version: createHash('sha256').update(run).digest('hex').slice(0, 8),
    ...{ run, params, metrics, series, read, keep, files },
  };
  const axes = Object.fromEntries(inferred.map(({ param, values }) => [param.name, values]));
  return commandUrl({ command: definition, cwd, axes });
}

/** The sweep that the URL tells. */
export function readCommandSweep(url: string): Sweep {
  const { command, axes } = readCommandUrl(url);
  const { name, run } = command;
  // A worker's file is what a definition has to name: there is none.
  return { ...defineSweep({ name, about: run, worker: 'command', axes }), worker: url };
}

/** Words of the command that are files of code there. */
function findFiles(run: string, cwd: string): string[] {
  const words = run.split(/[\s;|&<>()]+/).map((word) => word.replace(/^['"]|['"]$/g, ''));
  return [...new Set(words)].filter((word) => word !== '' && !isAbsolute(word) && isCode(resolve(cwd, word)));
}

function isCode(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  if (CODE.test(path)) return true;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // data, for all that one can see
  }
}

/** `train` of `python3 train.py --lr {lr}`: a word that can name a folder. */
function nameOf(run: string, files: readonly string[]): string {
  const [first = ''] = run.trim().split(/\s+/);
  const file = basename(files[0] ?? first);
  const word = basename(file, extname(file))
    .replace(/[^a-z0-9_-]+/gi, '-')
    .replace(/^[^a-z]+|-+$/gi, '');
  return word === '' ? 'command' : word;
}
