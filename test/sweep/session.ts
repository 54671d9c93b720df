// Runs sweeps for tests: real hosts, a folder of its own each.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Outcome, ResumeRequest, RunRequest } from '../../src/sweep/contract.js';
import { resumeRun, startRun } from '../../src/sweep/start.js';

export const fixture = (name: string): string => resolve(`dist/test/fixtures/sweeps/${name}.js`);

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sweepline-test-'));

export async function runSweep(
  request: Omit<RunRequest, 'out'> & { readonly out?: string },
): Promise<Outcome & { trials_csv: string }> {
  const out = request.out ?? join(newFolder(), 'run');
  const { outcome } = await startRun({ workers: 2, ...request, out });
  const ended = await outcome;
  return { ...ended, trials_csv: readFileSync(join(ended.folder, 'trials.csv'), 'utf8') };
}

/** The same in this process, where no host has to start: for tests of what becomes of a run's rows, whoever made them. */
export const runHere: typeof runSweep = (request) => runSweep({ debug: true, ...request });

/** Rows as objects; good for files without quoted cells. */
export function rowsOf(csv: string): Record<string, string>[] {
  const [header, ...lines] = csv.trimEnd().split('\n');
  const names = header!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
}

/** A list of values, as `--set` gives it. */
export const list = (...values: (string | number)[]) => ({ kind: 'list' as const, values });

export const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

/** Starts a run and asks it to stop once some of its trials are done, at the latest when all are. */
export async function runPart(request: RunRequest): Promise<Outcome> {
  let stop = (): void => undefined;
  let isPart = false;
  const run = await startRun(request, [
    {
      onProgress({ done }) {
        if (isPart || done === 0) return;
        isPart = true;
        stop();
      },
    },
  ]);
  stop = run.stop;
  return run.outcome;
}

/** Resumes a run and waits for its end. */
export async function resume(folder: string, request: ResumeRequest = {}): Promise<Outcome> {
  return (await resumeRun(folder, { workers: 2, ...request })).outcome;
}
