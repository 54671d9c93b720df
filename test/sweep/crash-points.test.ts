// Power cuts and kills after every single operation of a run on its disk, each with five kinds of damage, and again in
// the midst of the recovery: what anybody was told is safe is there, nothing runs twice, and the results are the same
// bytes.
import { expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { DAMAGES } from '../run/memory-file-system.js';
import { recoverTwice, tellWhere, undisturbed } from './crash-checks.js';
import { newDisk } from './crash-run.js';

const life = await undisturbed();

test.each(DAMAGES)(
  'a run of 200 trials survives a crash anywhere, and another one in its recovery: %s',
  async (damage) => {
    const disk = newDisk();
    for (let steps = 0; steps <= life.log.length; steps++) {
      if (steps > 0) disk.apply(life.log[steps - 1]!);
      const random = randomFor('crash', steps, damage);
      const crashed = disk.clone();
      crashed.crash(damage, random);
      const where = `after ${steps} of ${life.log.length}`;
      await tellWhere(where, () => recoverTwice({ disk: crashed, history: [{ life, steps }], random }));
    }
  },
  120_000,
);

test('the run has something of everything that is kept', () => {
  const kinds = new Set(life.log.map((operation) => operation.do));
  expect(kinds).toEqual(new Set(['make', 'name', 'unname', 'move', 'write', 'flush']));
  expect(life.log.length).toBeGreaterThan(200);
  expect(new Set(life.executed).size).toBe(200);
});
