// Prints the first promise that some crash breaks; nothing where none does. Run from a copy of the program that has one
// of its flushes taken out. An argument: looks after every so many operations only.
import { settleFile } from '../../../src/ground/durable.js';
import { useFileSystem } from '../../../src/ground/file-system.js';
import { randomFor } from '../../../src/ground/random.js';
import { repairJournal } from '../../../src/run/repair.js';
import { bytesOf, idOf, type MemoryDisk, MemoryProcess } from '../../run/memory-file-system.js';
import {
  checkCrashed,
  checkEnd,
  type History,
  type Life,
  lifeOf,
  replay,
  undisturbed,
} from '../crash-checks.js';
import { FOLDER, JOURNAL, newDisk, PLANS, runOn } from '../crash-run.js';

const random = randomFor('flushes');

/** A file that a download has written gets its name. */
async function settle(): Promise<void> {
  const disk = newDisk();
  const process = new MemoryProcess(disk);
  const fd = process.now.open('/home/a.part', 'wx');
  process.now.write(fd, Buffer.from('whole'), 0);
  const restore = useFileSystem(process);
  await settleFile('/home/a.part', '/home/a').finally(restore);
  disk.crash('none', random);
  if (String(bytesOf(disk, '/home/a')) !== 'whole') throw new Error('a settled file is gone or not whole');
}

/** A damaged journal is repaired: whatever part of that reaches the disk, it is still there, under one name or the other. */
async function repair(): Promise<void> {
  const disk = newDisk();
  await runOn(new MemoryProcess(disk), PLANS.few);
  const damaged = Buffer.from(bytesOf(disk, JOURNAL)!);
  damaged.fill(0, 100, 120);
  const id = idOf(disk, JOURNAL)!;
  disk.apply({ do: 'write', id, at: 0, bytes: damaged });
  disk.apply({ do: 'flush', id });
  const before = disk.clone();
  const process = new MemoryProcess(disk);
  const restore = useFileSystem(process);
  await repairJournal(FOLDER).finally(restore);
  for (let steps = 1; steps <= 30 * process.log.length; steps++) {
    const crashed = replay(before.clone(), process, Math.ceil(steps / 30));
    crashed.crash('reordered', random);
    const names = [JOURNAL, `${FOLDER}/journal.damaged-1.bin`];
    if (!names.some((name) => bytesOf(crashed, name)?.equals(damaged)))
      throw new Error('the damaged journal is gone');
  }
}

/** Cuts the power after every operation of a life; only what was flushed is left. */
function cutAll(from: MemoryDisk, life: Life, earlier: History = []): void {
  const disk = from.clone();
  for (let steps = 1; steps <= life.log.length; steps++) {
    disk.apply(life.log[steps - 1]!);
    const cut = disk.clone();
    cut.crash('none', random);
    checkCrashed(cut, [...earlier, { life, steps }]);
  }
}

/** Cuts the power after so many operations, and recovers. */
async function cutAndRecover(life: Life, steps: number): Promise<void> {
  const cut = replay(newDisk(), life, steps);
  cut.crash('none', random);
  await checkEnd(await runOn(new MemoryProcess(cut), PLANS.whole), [{ life, steps }]);
}

/** Kills the process after so many operations, and cuts the power in the recovery. */
async function killAndCut(life: Life, steps: number): Promise<void> {
  const killed = replay(newDisk(), life, steps);
  const recovered = lifeOf(await runOn(new MemoryProcess(killed.clone()), PLANS.whole));
  cutAll(killed, recovered, [{ life, steps }]);
}

/** Those first that are most likely to need a flush: the start, where the grid was edited, and half-written records. */
function orderSteps({ log, second }: Life & { readonly second: number }): number[] {
  const all = Array.from({ length: log.length }, (_, i) => i + 1);
  const isFirst = (steps: number) => steps <= 20 || (steps > second && steps <= second + 20);
  const last = all.filter((steps) => log[steps - 1]!.do === 'write').reverse();
  return [...new Set([...all.filter(isFirst), ...last, ...all])];
}

try {
  await settle();
  await repair();
  const life = await undisturbed();
  cutAll(newDisk(), life);
  const stride = Number(process.argv[2] ?? 1);
  for (const steps of orderSteps(life)) {
    if (steps % stride !== 0) continue;
    await cutAndRecover(life, steps);
    await killAndCut(life, steps);
  }
} catch (error) {
  console.log((error as Error).message);
}
