// A disk that refuses: every single call of a run fails, once or from then on, or writes less than it was given. The run
// goes on as if nothing had been, or ends with an error that says what is safe; continued with a disk that works it gives
// the same bytes.
import { describe, expect, test } from 'vitest';
import { describeRunError, EXIT } from '../../src/cli/errors.js';
import { randomFor } from '../../src/ground/random.js';
import { findTrouble } from '../../src/ground/trouble.js';
import {
  bytesOf,
  type Call,
  type Fault,
  idOf,
  type MemoryDisk,
  MemoryProcess,
} from '../run/memory-file-system.js';
import { checkCrashed, checkEnd, type History, lifeOf, tellWhere } from './crash-checks.js';
import { JOURNAL, newDisk, PLANS, type Plan, type Ran, runOn } from './crash-run.js';

const CODES = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE'];

interface Case {
  /** Before the run that meets the faults. */
  readonly disk: MemoryDisk;
  readonly earlier: History;
  readonly plan: Plan;
}

/** The run ended well; or with an error and everything it had promised, and ends well where it is continued. */
async function checkFault(ran: Ran, { earlier, plan }: Case, seed: number): Promise<'went on' | 'ended'> {
  if (ran.error === undefined) {
    await checkEnd(ran, earlier, plan);
    return 'went on';
  }
  if (findTrouble(ran.error) === undefined) throw new Error('not told as trouble', { cause: ran.error });
  const { code, text } = describeRunError(ran.error);
  if (code !== EXIT.broken || !text.includes('finished trials are safe'))
    throw new Error(`exit ${code}: ${text}`);
  if (ran.process.open.length > 0) throw new Error(`left open: ${ran.process.open.join(', ')}`);
  const { disk } = ran.process;
  const random = randomFor('fault', seed);
  const history = [...earlier, { life: lifeOf(ran), steps: ran.process.log.length }];
  disk.crash(random.below(2) === 0 ? 'kill' : 'none', random);
  checkCrashed(disk, history);
  const continued = await runOn(new MemoryProcess(disk), plan);
  await checkEnd(continued, history, plan);
  // What a failed flush has lost can be seen until then.
  const life = lifeOf(continued);
  disk.crash('none', random);
  checkCrashed(disk, [...history, { life, steps: life.log.length }]);
  return 'ended';
}

/** Runs once for each call that the run makes on a disk that works. Returns the calls that may fail unnoticed. */
async function failEach(made: Case, how: 'once' | 'for ever', only: 'opening' | 'all'): Promise<string[]> {
  const { disk, plan } = made;
  const names: string[] = [];
  const note = ({ name }: Call): Fault => void names.push(name);
  const { opening, error } = await runOn(new MemoryProcess(disk.clone(), { fault: note }), plan);
  expect(error).toBeUndefined();
  const survived = new Set<string>();
  for (const [i, name] of names.slice(0, only === 'all' ? names.length : opening).entries()) {
    const code = CODES[i % CODES.length]!;
    const fault = ({ number }: Call): Fault =>
      (how === 'once' ? number === i + 1 : number > i) ? { code } : undefined;
    const ran = await runOn(new MemoryProcess(disk.clone(), { fault }), plan);
    await tellWhere(`${code} ${how} at call ${i + 1} of ${names.length}, ${name}`, async () => {
      if ((await checkFault(ran, made, i)) === 'went on') survived.add(name);
    });
  }
  return [...survived];
}

/** A run that was interrupted, with half a record at its end, and whose grid is edited. */
async function interruptedRun(): Promise<Case> {
  const disk = newDisk();
  const first = await runOn(new MemoryProcess(disk), PLANS.small, 70);
  const at = bytesOf(disk, JOURNAL)!.length;
  disk.apply({ do: 'write', id: idOf(disk, JOURNAL)!, at, bytes: Buffer.alloc(50, 7) });
  return { disk, plan: PLANS.whole, earlier: [{ life: lifeOf(first), steps: first.process.log.length }] };
}

describe('every call', () => {
  // Whether a file is there is a question that has no error: it is not there, then. Here nothing comes of it.
  test.each([
    ['once', ['exists']],
    ['for ever', []],
  ] as const)(
    'of a run fails %s',
    async (how, survived) => {
      const made = { disk: newDisk(), plan: PLANS.few, earlier: [] };
      expect(await failEach(made, how, 'all')).toEqual(survived);
    },
    120_000,
  );

  test('of the start of a continued run fails once', async () => {
    const survived = await failEach(await interruptedRun(), 'once', 'opening');
    expect(survived.filter((name) => name !== 'exists')).toEqual([]);
  }, 120_000);
});

test('writes that are cut short are continued', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const random = randomFor('short', seed);
    const fault = (): Fault => (random.below(2) === 0 ? { short: 1 + random.below(400) } : undefined);
    const ran = await runOn(new MemoryProcess(newDisk(), { fault }), PLANS.few);
    await checkEnd(ran, [], PLANS.few);
  }
});
