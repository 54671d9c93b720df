// A run whose journal a disk has damaged is repaired and continued: the same bytes as if nothing had been, and only what
// was dropped runs again. The repair itself may be crashed anywhere.
import { expect, test } from 'vitest';
import { useFileSystem } from '../../src/ground/file-system.js';
import { type Random, randomFor } from '../../src/ground/random.js';
import { type Repaired, repairJournal } from '../../src/run/repair.js';
import {
  bytesOf,
  DAMAGES,
  filesOf,
  idOf,
  type MemoryDisk,
  MemoryProcess,
} from '../run/memory-file-system.js';
import { checkEnd, replay, tellWhere } from './crash-checks.js';
import { FOLDER, JOURNAL, newDisk, PLANS, runOn } from './crash-run.js';

/** Writes nonsense over a part of the journal, as a bad disk does. */
function spoil(disk: MemoryDisk, random: Random): Buffer {
  const bytes = Buffer.from(bytesOf(disk, JOURNAL)!);
  const at = random.below(bytes.length - 400);
  for (let i = at; i < at + 1 + random.below(600) && i < bytes.length; i++) bytes[i] = random.below(256);
  const id = idOf(disk, JOURNAL)!;
  disk.apply({ do: 'write', id, at: 0, bytes });
  disk.apply({ do: 'flush', id });
  return bytes;
}

async function repairOn(process: MemoryProcess): Promise<Repaired | undefined> {
  const restore = useFileSystem(process);
  return repairJournal(FOLDER).finally(restore);
}

/** A disk with a run that was interrupted, or not, and is damaged. */
async function damagedRun(seed: number): Promise<{ disk: MemoryDisk; spoiled: Buffer; random: Random }> {
  const random = randomFor('repair', seed);
  // Of one grid: the space record of an earlier one cannot be restored.
  const disk = newDisk();
  await runOn(new MemoryProcess(disk), PLANS.whole, seed % 2 === 0 ? 60 + random.below(150) : undefined);
  return { disk, spoiled: spoil(disk, random), random };
}

test('a repaired run goes on to the same bytes, and keeps what it could', async () => {
  let repairs = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { disk } = await damagedRun(seed);
    await tellWhere(`seed ${seed}`, async () => {
      const repaired = await repairOn(new MemoryProcess(disk));
      const ran = await runOn(new MemoryProcess(disk), PLANS.whole);
      await checkEnd(ran, []);
      if (repaired === undefined) return; // at its end: no more than a record that was cut short
      repairs++;
      expect(new Set(ran.executed).size).toBe(200 - repaired.done);
    });
  }
  expect(repairs).toBeGreaterThan(45);
});

test('a repair that is crashed anywhere has lost nothing, and is made again', async () => {
  for (let seed = 0; seed < 4; seed++) {
    const { disk, spoiled, random } = await damagedRun(1 + 2 * seed);
    const before = disk.clone();
    const process = new MemoryProcess(disk);
    const repaired = await repairOn(process);
    if (repaired === undefined) continue;
    const whole = Buffer.from(bytesOf(disk, JOURNAL)!);
    const { log } = process;
    for (let steps = 0; steps <= log.length; steps++) {
      for (const damage of DAMAGES) {
        const crashed = replay(before.clone(), { log }, steps);
        crashed.crash(damage, random);
        const found = bytesOf(crashed, JOURNAL)!;
        const kept = bytesOf(crashed, `${FOLDER}/journal.damaged-1.bin`);
        const where = `seed ${seed}, ${damage} after ${steps} of ${log.length}`;
        expect(found.equals(spoiled) || (found.equals(whole) && kept?.equals(spoiled)), where).toBe(true);
        await repairOn(new MemoryProcess(crashed));
        expect(bytesOf(crashed, JOURNAL)!.equals(whole), where).toBe(true);
        await checkEnd(await runOn(new MemoryProcess(crashed), PLANS.whole), []);
        expect(filesOf(crashed).filter((path) => path.endsWith('.tmp'))).toEqual([]);
      }
    }
  }
});
