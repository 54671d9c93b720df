// kill -9 while a program begins: it has told who is to end it before it is a program at all.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { until } from '../../conformance/pool.js';

const ROUNDS = 30;

// Whom nobody told of is found by its environment, which other systems do not show.
test.skipIf(!existsSync('/proc/self/environ'))(
  'leaves nothing, whenever it comes',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sweepline-command-'));
    const random = randomFor('kill moments', 5);
    for (let round = 0; round < ROUNDS; round++) {
      const count = 1 + random.below(3);
      const argv = [resolve('dist/test/pool/command/children/programs.js'), folder, String(count)];
      const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
      const gone = new Promise((done) => child.once('exit', done));
      let dots = 0;
      child.stdout.on('data', (text: Uint8Array) => {
        dots += text.length;
      });
      await until(() => dots === count);
      const turns = random.below(10_000);
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      // Once to see that there is something to end: it can do that itself no more.
      if (round === ROUNDS - 1) {
        child.kill('SIGSTOP');
        await until(() => programsOf(folder).length > 0);
      }
      child.kill('SIGKILL');
      await gone;
      await until(() => programsOf(folder).length === 0);
    }
  },
  180_000,
);

function programsOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const isOurs = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`SWEEPLINE_FOLDER=${folder}\0`);
      return isOurs && readFileSync(`/proc/${pid}/cmdline`).length > 0;
    } catch {
      return false; // no process, or one that has ended
    }
  });
}
