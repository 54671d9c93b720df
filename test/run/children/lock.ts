// A process that takes a run folder's lock when told to ("go" on its input), says how that went, and holds it.
import { acquireLock } from '../../../src/run/lock.js';

process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  try {
    await acquireLock(process.argv[2]!);
    process.stdout.write('held\n');
  } catch (error) {
    process.stdout.write(`${(error as { code?: string }).code}: ${(error as Error).message}\n`);
  }
});
