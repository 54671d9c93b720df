// A merge to be killed: `node merge.js <step> <out> <run>…` says "at <what>" before its step-th call that changes the
// disk, and goes no further. Ends by itself where there are fewer.
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [step, out, ...runs] = process.argv.slice(2);
const say = fs.writeSync.bind(fs);
let left = Number(step);

/** Every function of these names, in all of their forms. */
function watch(holder: object, names: readonly string[]): void {
  const functions = holder as Record<string, (...args: unknown[]) => unknown>;
  for (const name of names) {
    const original = functions[name]!;
    functions[name] = function watched(this: unknown, ...args: unknown[]) {
      if (left-- === 0) {
        say(1, `at ${name}\n`);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }
      return original.apply(this, args);
    };
  }
}

const CHANGES = ['mkdir', 'rename', 'link', 'rm', 'writeFile', 'fsync'];
watch(fs, [...CHANGES, ...CHANGES.map((name) => `${name}Sync`), 'cpSync', 'writeSync', 'writevSync']);
watch(promises, ['mkdir', 'rm', 'rename', 'writeFile', 'open']);
const probe = await promises.open(process.execPath, 'r');
watch(Object.getPrototypeOf(probe) as object, [
  'write',
  'writev',
  'appendFile',
  'datasync',
  'sync',
  'truncate',
]);
await probe.close();
left = Number(step);
syncBuiltinESMExports();

const { mergeRuns } = await import('../../../src/run/merge.js');
await mergeRuns(runs, out!, { runId: 'merged', created: 'now', host: 'here', command: ['merge'] });
say(1, 'merged\n');
