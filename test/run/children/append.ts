// A process to be killed: appends single trials to a journal for ever, eight at a time, and says which are on disk.
import { writeSync } from 'node:fs';

import { formatRow } from '../../../src/ground/csv.js';
import { openJournal } from '../../../src/run/journal.js';

const journal = await openJournal(process.argv[2]!);
let next = journal.state.epoch.nextUndone(0);

async function produce(): Promise<never> {
  for (;;) {
    const trial = next++;
    const rows = Buffer.from(formatRow([trial, 'key', 0, 1, trial / 7, 'ok', 'x'.repeat(trial % 3000)]));
    const ran = { attempt: 1, worker: 0, host: 'here', device: 'cpu', queue_ms: 0, run_ms: 1, notes: [] };
    await journal.appendRows({ epoch: 0, trials: { first: trial, count: 1 }, ...ran }, rows);
    writeSync(1, `${trial}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, produce));
