// A coordinator of its own, to be killed: `node run.js <sweep> <out> <set as JSON>`. Says so when the run has started.
import { startRun } from '../../../src/sweep/start.js';

const [sweep, out, set] = process.argv.slice(2);
const run = await startRun({ sweep: sweep!, out: out!, set: JSON.parse(set!), workers: 2, blockSize: 3 }, [
  { onProgress: ({ done }) => process.stdout.write(`${done}\n`) },
]);
process.stdout.write('started\n');
await run.outcome;
