// One folder for everything that tests and the programs they start write, removed when the last test has ended, however
// it ended. A program that is still alive by then was left behind by a test: that is an error.
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Where programs put what is gone tomorrow, and what they remember. */
const NAMES = ['TMPDIR', 'TMP', 'TEMP', 'XDG_STATE_HOME'] as const;

export default async function setup(): Promise<() => Promise<void>> {
  await bundle();
  const before = NAMES.map((name) => [name, process.env[name]] as const);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sweepline-tests-')));
  for (const name of NAMES) process.env[name] = folder;
  return async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    // One that was told to end may take a moment, and on a busy machine many.
    let left = findLeft(folder);
    for (let i = 0; i < 300 && left.length > 0; i++) {
      await setTimeout(100);
      left = findLeft(folder);
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    if (left.length === 0) return;
    process.exitCode = 1; // vitest tells of what a teardown throws, and exits with 0
    throw new Error(`tests left these programs running:\n${left.join('\n')}`);
  };
}

/** Pages are tested with the script that the sources make, whatever was built last. */
async function bundle(): Promise<void> {
  const script = new URL('../src/explore/bundle.mjs', import.meta.url).href;
  ((await import(script)) as { bundle(): void }).bundle();
}

/** Programs that have the folder in their environment, other than vitest's own; none where there is no /proc. */
function findLeft(folder: string): string[] {
  return listPids().flatMap((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`TMPDIR=${folder}\0`)) return [];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return command === '' || command.includes('vitest') || command.includes('esbuild')
        ? []
        : [`${pid} ${command}`];
    } catch {
      return []; // ended meanwhile, or somebody else's
    }
  });
}

function listPids(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // no Linux
  }
}
