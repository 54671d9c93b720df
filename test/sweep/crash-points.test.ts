// Power cuts and kills after every single operation of a run on its disk, each with five kinds of damage, and again in
// the midst of the recovery: what anybody was told is safe is there, nothing runs twice, and the results are the same
// bytes.
import { expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { DAMAGES } from '../run/memory-file-system.js';
import { recoverTwice, tellWhere, undisturbed } from './crash-checks.js';
import { newDisk } from './crash-run.js';

test('a run of 200 trials survives a crash anywhere, and another one in its recovery', async () => {
  const life = await undisturbed();
  const disk = newDisk();
  let crashes = 0;
  for (let steps = 0; steps <= life.log.length; steps++) {
    if (steps > 0) disk.apply(life.log[steps - 1]!);
    for (const damage of DAMAGES) {
      const random = randomFor('crash', steps, damage);
      const crashed = disk.clone();
      crashed.crash(damage, random);
      const where = `${damage} after ${steps} of ${life.log.length}`;
      await tellWhere(where, () => recoverTwice({ disk: crashed, history: [{ life, steps }], random }));
      crashes++;
    }
  }
  expect(crashes).toBeGreaterThan(250 * DAMAGES.length);
});
