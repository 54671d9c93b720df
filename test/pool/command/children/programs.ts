// Runs programs one after another, to be killed while the last one begins: `node programs.js <folder> <count>`. Prints a
// dot before each; the last one never ends, and has another beside it.
import { runProgram } from '../../../../src/pool/command/program.js';

const [folder, count] = process.argv.slice(2);
for (let i = 1; i <= Number(count); i++) {
  process.stdout.write('.');
  await runProgram({
    argv: ['/bin/sh', '-c', i < Number(count) ? 'true' : 'sleep 1000 & sleep 1000'],
    ...{ cwd: '/', folder: folder!, env: { ...process.env, SWEEPLINE_FOLDER: folder } },
    onLine: () => undefined,
    isStopAsked: () => false,
  });
}
