// Runs the compiled program as users do: a process of its own in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const MAIN = resolve('dist/src/cli/main.js');
export const sweepFile = (name: string): string => resolve(`dist/test/${name}.js`);
export const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'sweepline-cli-')));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves once stderr holds `text`; rejects when the program ends without it. */
  said(text: string): Promise<void>;
}

/**
 * In a process group of its own, so that what a test sends reaches only this program. `through`: another way to start it.
 */
export function startProgram(
  cwd: string,
  argv: readonly string[],
  env: Record<string, string> = {},
  [command, ...first]: readonly [string, ...string[]] = [process.execPath, MAIN],
): Started {
  const child = spawn(command, [...first, ...argv], {
    cwd,
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
  const said = (text: string) =>
    new Promise<void>((done, fail) => {
      const look = () => {
        if (stderr.includes(text)) done();
      };
      child.stderr!.on('data', look);
      child.once('close', () => fail(new Error(`ended without saying "${text}":\n${stderr}`)));
      look();
    });
  return { child, finished, said };
}

/** What it said, but for that it still waits for a worker that loads: on a busy machine that takes its time. */
export const withoutWaits = (stderr: string): string =>
  stderr.replaceAll(/^.*: \d+ s so far; it may take .*\n/gm, '');

export const runProgram = (cwd: string, ...argv: readonly string[]): Promise<Finished> =>
  startProgram(cwd, argv).finished;
