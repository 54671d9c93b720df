// kill -9 at random moments, again and again, of the coordinator, of its host, or of all at once: the run that is resumed
// after it has the bytes of one that nobody disturbed. 32 kills, or as many as SWEEPLINE_KILLS says (a night has 1,000).
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { JOURNAL_FILE } from '../../src/run/read-journal.js';
import { newFolder, runProgram, type Started, startProgram, withoutWaits } from '../cli/program.js';
import { read, rowsOf } from './session.js';

const KILLS = Number(process.env.SWEEPLINE_KILLS ?? 32);
/** A kill comes within so many ms: before the journal begins, in the midst of trials, or as the files are written. */
const WITHIN_MS = 1500;

const SET = (text: string) => text.split(' ').flatMap((setting) => ['--set', setting]);

/** Each takes a second or two when nobody disturbs it. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  escape: ['escape', ...SET('optimizer=sgd,adam alpha=log(0.01,1,21) steps=2000 h=lin(0,2,41)')],
  latent: [
    'latent',
    '--data',
    'digits',
    ...SET('latent=2,4,8 epochs=4 train=512 test=64'),
    '--replicates',
    '2',
  ],
  blur: [
    'blur',
    ...['--data', 'digits'],
    ...SET('sigma=0.5,2 latent=2 target=clear epochs=2 judge_epochs=1 judge_images=100 train=128 test=32'),
    ...['--replicates', '2'],
  ],
  'a command': [
    ...['--command', 'sleep 0.03; echo y={x}', '--name', 'slow', '--metrics', 'y'],
    ...SET('x=range(1,80,1)'),
  ],
};

/** The process that holds the trials, while there is one. */
function hostsOf(coordinator: number): number[] {
  try {
    return execFileSync('pgrep', ['-P', String(coordinator), '-f', 'host-entry'])
      .toString()
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return []; // none
  }
}

function killOne({ child }: Started, what: 'coordinator' | 'host' | 'all'): void {
  const pids = what === 'host' ? hostsOf(child.pid!) : [what === 'all' ? -child.pid! : child.pid!];
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it had ended
    }
  }
}

/** Resolves when no process of the program's group is left; the test's own time limit bounds it. */
async function untilGone({ child }: Started): Promise<void> {
  for (;;) {
    try {
      process.kill(-child.pid!, 0);
    } catch {
      return;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe.each(Object.entries(RUNS))('kill -9 in the midst of %s', (name, argv) => {
  test(
    'again and again, then resume: the same bytes, no trial twice, nothing left over',
    async () => {
      const random = randomFor('kills', 1);
      for (let skip = 0; skip < Object.keys(RUNS).indexOf(name); skip++) random.uniform();
      const cwd = newFolder();
      const options = ['--workers', '2', '--no-report', '--quiet'];
      const whole = await runProgram(cwd, 'run', ...argv, ...options, '--out', 'whole');
      expect(whole).toMatchObject({ code: 0 });

      const share = Math.ceil(KILLS / Object.keys(RUNS).length);
      let round = 0;
      for (let kills = 0; kills < share; round++) {
        const out = `run-${round}`;
        for (let isDone = false; !isDone && kills < share; kills++) {
          const begun = existsSync(join(cwd, out, JOURNAL_FILE));
          const program = startProgram(cwd, [
            ...(begun ? ['resume', out] : ['run', ...argv, '--out', out]),
            ...options,
          ]);
          const what = (['coordinator', 'host', 'all'] as const)[random.below(3)]!;
          const moment = setTimeout(() => killOne(program, what), random.uniform() * WITHIN_MS);
          const { code } = await program.finished;
          clearTimeout(moment);
          await untilGone(program);
          isDone = code === 0;
        }
        if (!existsSync(join(cwd, out, 'manifest.json'))) continue; // killed before it had begun
        const { code, stderr } = existsSync(join(cwd, out, JOURNAL_FILE))
          ? await runProgram(cwd, 'resume', out, ...options)
          : await runProgram(cwd, 'run', ...argv, '--out', out, ...options);
        expect({ code, stderr: withoutWaits(stderr) }).toEqual({ code: 0, stderr: '' });
        expect(read(join(cwd, out), 'trials.csv')).toBe(read(join(cwd, 'whole'), 'trials.csv'));
        const oks = rowsOf(read(join(cwd, out), 'timings.csv')).filter(({ status }) => status === 'ok');
        expect(new Set(oks.map(({ trial }) => trial)).size).toBe(oks.length);
        const files = readdirSync(join(cwd, out), { recursive: true }) as string[];
        // A draft of the lock may be of another process that seeks it: nobody takes those away.
        const left = files.filter((file) => file.endsWith('.tmp') && !file.startsWith('.coordinator.lock.'));
        expect(left).toEqual([]);
      }
    },
    600_000 + 20_000 * KILLS,
  );
});
