// Where a command's program is on this machine: told before anything starts, since every trial would fail for it.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { SweeplineError } from '../../ground/errors.js';
import type { Value } from '../../space/types.js';
import type { Worker } from '../contract.js';
import type { Command } from './contract.js';
import { fillTemplate } from './template.js';
import { textOf } from './values.js';

export const SHELL = '/bin/sh';

/** Words of a shell that may stand before the program's name, and what a plain name of a program looks like. */
const PLAIN_WORD = /^[\w@%+:,./-]+$/;

/** The directory in which a worker's programs start. */
export function startFolder(worker: Pick<Worker, 'home' | 'command'>): string {
  return resolve(worker.home ?? '', worker.command?.cwd ?? '');
}

/** Variables that this process has for itself alone, and those of a trial of another sweep. */
const OWN = /^(SWEEPLINE_.*|TSX_TSCONFIG_PATH|NODE_CHANNEL_.*)$/;

/** What a host was given for itself, and the values that it took the place of: programs are to have these. */
const OUTER = 'SWEEPLINE_OUTER_ENVIRONMENT';

/** For the environment of a host that is given `own` beside that of this process. */
export function keepOuter(own: Readonly<Record<string, string>> = {}): Record<string, string> {
  const before = Object.keys(own).map((name) => [name, process.env[name] ?? null]);
  return { [OUTER]: JSON.stringify(Object.fromEntries(before)) };
}

function outerEnvironment(): NodeJS.ProcessEnv {
  const before = JSON.parse(process.env[OUTER] ?? '{}') as Record<string, string | null>;
  const values = { ...process.env };
  for (const [name, value] of Object.entries(before)) {
    if (value === null) delete values[name];
    else values[name] = value;
  }
  return values;
}

/** The environment that all trials have in common. Python is told to print lines as they come, as on a terminal. */
export function commonEnvironment(command: Command): Record<string, string | undefined> {
  const inherited = Object.entries(outerEnvironment()).filter(([name]) => !OWN.test(name));
  return { PYTHONUNBUFFERED: '1', ...Object.fromEntries(inherited), ...command.env };
}

/** The path of a program, or undefined: one with a slash from `cwd`, another as PATH has it. */
export function findProgram(name: string, cwd: string, path: string | undefined): string | undefined {
  if (name.includes('/')) {
    const whole = resolve(cwd, name);
    return isProgram(whole) ? whole : undefined;
  }
  const folders = (path ?? '/usr/bin:/bin').split(delimiter).map((folder) => resolve(cwd, folder));
  return name === '' ? undefined : folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** An error that says which program was looked for, and where. */
export function noProgram(name: string, cwd: string): SweeplineError {
  const where = name.includes('/') ? `in ${cwd}` : 'in the folders of PATH';
  return new SweeplineError('BAD_DEFINITION', `the command's program "${name}" is not found ${where}`, {
    hint: name.includes('/')
      ? 'name a file that may be executed (chmod +x), as seen from the folder in which the command starts'
      : 'install it, or write its path; a script is run by its interpreter: python3 train.py',
  });
}

/** The worker as it lies in `home`: its programs start there, and that they exist is a part of its `check`. */
export function settle(worker: Worker, home: string): Worker {
  const { command } = worker;
  if (command === undefined) return worker;
  const settled = { ...worker, home };
  const requirePlace = createProgramCheck(settled, command);
  return {
    ...settled,
    check: (params, shared) => {
      requirePlace(params as Readonly<Record<string, Value>>);
      const nul = Object.entries(params).filter(([, value]) => textOf(value as Value).includes('\0'));
      return [
        ...nul.map(([name]) => `${name}: a text with the character NUL cannot be handed to a program`),
        ...(worker.check?.(params, shared) ?? []),
      ];
    },
  };
}

function createProgramCheck(
  worker: Worker,
  command: Command,
): (params: Readonly<Record<string, Value>>) => void {
  const known = new Set<string>();
  const cwd = startFolder(worker);
  const env = commonEnvironment(command);
  return (params) => {
    // What is no parameter stands for something that only a trial has.
    const first = command.parts[0]!;
    const text = fillTemplate(first, (name) => (Object.hasOwn(params, name) ? textOf(params[name]!) : 'x'));
    const name = command.form === 'shell' ? text.trim().split(/\s/)[0]! : text;
    if (known.has(name)) return;
    known.add(name);
    if (!isProgram(SHELL)) {
      throw new SweeplineError(
        'BAD_DEFINITION',
        `commands are run by ${SHELL}, which this system does not have`,
        {
          hint: 'run Sweepline on Linux or macOS, or in WSL',
        },
      );
    }
    if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
      throw new SweeplineError('BAD_DEFINITION', `the command's folder ${cwd} does not exist`, {
        hint: 'name a folder with `cwd`, as seen from the worker’s file',
      });
    }
    const isThere =
      command.form === 'shell'
        ? !PLAIN_WORD.test(name) || hasShellWord(name, cwd, env)
        : findProgram(name, cwd, env.PATH) !== undefined;
    if (!isThere) throw noProgram(name, cwd);
  };
}

/** Whether the shell knows a word: as a program, or as one of its own. */
function hasShellWord(word: string, cwd: string, env: Record<string, string | undefined>): boolean {
  try {
    execFileSync(SHELL, ['-c', 'command -v -- "$1"', 'sh', word], { cwd, env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
