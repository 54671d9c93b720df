// A disk that refuses: every single call of a run fails, once or from then on, or writes less than it was given. The run
// goes on as if nothing had been, or ends with an error that says what is safe; continued with a disk that works it gives
// the same bytes.
import { describe, expect, test } from 'vitest';
import { describeRunError, EXIT } from '../../src/cli/errors.js';
import { randomFor } from '../../src/ground/random.js';
import { findTrouble } from '../../src/ground/trouble.js';
import { type Call, type Fault, MemoryProcess } from '../run/memory-file-system.js';
import { checkCrashed, checkEnd, lifeOf, tellWhere } from './crash-checks.js';
import { newDisk, PLANS, type Ran, runOn } from './crash-run.js';

const { small } = PLANS;
const CODES = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE'];

/** The run ended well, or with an error and everything it had promised; continued it ends well. */
async function checkFault(ran: Ran, seed: readonly (string | number)[]): Promise<'went on' | 'ended'> {
  if (ran.error === undefined) {
    await checkEnd(ran, [], small);
    return 'went on';
  }
  if (findTrouble(ran.error) === undefined) throw new Error('not told as trouble', { cause: ran.error });
  const { code, text } = describeRunError(ran.error);
  if (code !== EXIT.broken || !text.includes('finished trials are safe'))
    throw new Error(`exit ${code}: ${text}`);
  if (ran.process.open.length > 0) throw new Error(`left open: ${ran.process.open.join(', ')}`);
  const { disk } = ran.process;
  const random = randomFor('fault', ...seed);
  disk.crash(random.below(2) === 0 ? 'kill' : 'none', random);
  const history = [{ life: lifeOf(ran), steps: ran.process.log.length }];
  checkCrashed(disk, history);
  await checkEnd(await runOn(new MemoryProcess(disk), small), history, small);
  return 'ended';
}

async function nameCalls(): Promise<string[]> {
  const names: string[] = [''];
  const fault = (call: Call): Fault => void names.push(call.name);
  await runOn(new MemoryProcess(newDisk(), { fault }), small);
  return names;
}

async function countCalls(): Promise<number> {
  const { process, error } = await runOn(new MemoryProcess(newDisk()), small);
  expect(error).toBeUndefined();
  return process.calls;
}

describe('every call of a run', () => {
  test.each(['once', 'for ever'])('fails %s', async (how) => {
    const calls = await countCalls();
    const survived = new Set<string>();
    const names = await nameCalls();
    let ended = 0;
    for (let number = 1; number <= calls; number++) {
      const code = CODES[number % CODES.length]!;
      const isHit = (call: number) => (how === 'once' ? call === number : call >= number);
      const fault = (call: { number: number }): Fault => (isHit(call.number) ? { code } : undefined);
      const ran = await runOn(new MemoryProcess(newDisk(), { fault }), small);
      await tellWhere(`${code} ${how} at call ${number} of ${calls}`, async () => {
        if ((await checkFault(ran, [how, number])) === 'ended') ended++;
        else survived.add(names[number]!);
      });
    }
    console.log(ended, survived);
  });
});

test('writes that are cut short are continued', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const random = randomFor('short', seed);
    const fault = (): Fault => (random.below(2) === 0 ? { short: 1 + random.below(400) } : undefined);
    await checkEnd(await runOn(new MemoryProcess(newDisk(), { fault }), small), [], small);
  }
});
