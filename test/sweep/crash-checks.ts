// What must hold after a crash of crash-run.ts's sweep, and when it has come to its end: told by throwing, with where.
import type { Random } from '../../src/ground/random.js';
import {
  bytesOf,
  DAMAGES,
  filesOf,
  type MemoryDisk,
  MemoryProcess,
  type Operation,
} from '../run/memory-file-system.js';
import {
  ARTIFACTS,
  FOLDER,
  JOURNAL,
  newDisk,
  PLANS,
  type Plan,
  type Promised,
  type Ran,
  runOn,
} from './crash-run.js';

/** What one process did, or several one after another, and what they promised. */
export interface Life {
  readonly log: readonly Operation[];
  readonly promised: readonly Promised[];
  readonly executed: readonly string[];
  /** The journal at its end. */
  readonly journal: Buffer;
}

/** Lives that were cut short, each after so many operations. */
export type History = readonly { readonly life: Life; readonly steps: number }[];

export function lifeOf(...all: readonly Ran[]): Life {
  const log: Operation[] = [];
  const promised: Promised[] = [];
  for (const ran of all) {
    for (const one of ran.promised) {
      const { at, file } = one;
      const shifted = { ...one, at: at + log.length };
      if (file?.until === undefined) promised.push(shifted);
      else {
        const until = log.length + Math.min(file.until, ran.process.log.length + 1);
        promised.push({ ...shifted, file: { ...file, until } });
      }
    }
    log.push(...ran.process.log);
  }
  const { disk } = all.at(-1)!.process;
  const journal = Buffer.from(bytesOf(disk, JOURNAL) ?? []);
  return { log, promised, executed: all.flatMap(({ executed }) => executed), journal };
}

/** A run of the small grid that is interrupted, and continued with the whole one, after `second` operations. */
export async function undisturbed(): Promise<Life & { readonly second: number }> {
  const disk = newDisk();
  const first = await runOn(new MemoryProcess(disk), PLANS.small, 70);
  const second = await runOn(new MemoryProcess(disk), PLANS.whole);
  for (const { error } of [first, second]) if (error !== undefined) throw error;
  return { ...lifeOf(first, second), second: first.process.log.length };
}

interface Expected {
  readonly trials: string;
  readonly metrics: string;
}

const expected = new Map<Plan, Expected>();

/** What a run in one go gives. */
async function expectedFiles(plan: Plan): Promise<Expected> {
  const known = expected.get(plan);
  if (known !== undefined) return known;
  const disk = newDisk();
  await runOn(new MemoryProcess(disk), plan);
  const text = (name: string) => String(bytesOf(disk, `${FOLDER}/${name}`));
  const files = { trials: text('trials.csv'), metrics: text('metrics.csv') };
  expected.set(plan, files);
  return files;
}

/** Keys of trials of which it was promised that they have their rows. */
function promisedKeys(history: History): Set<string> {
  return new Set(
    history.flatMap(({ life, steps }) =>
      life.promised.flatMap(({ at, key }) => (key !== undefined && at <= steps ? [key] : [])),
    ),
  );
}

function checkJournal(disk: MemoryDisk, history: History): void {
  const journal = bytesOf(disk, JOURNAL) ?? Buffer.alloc(0);
  for (const { life, steps } of history) {
    const ends = life.promised.map(({ at, journal: end = 0 }) => (at <= steps ? end : 0));
    const safe = Math.max(0, ...ends);
    if (!journal.subarray(0, safe).equals(life.journal.subarray(0, safe)))
      throw new Error(`of ${safe} bytes of the journal that were safe some are gone`);
  }
}

interface Known {
  /** What it may hold: what was promised last, and what has come after. */
  texts: string[];
  isDue: boolean;
}

/** That what was promised is on the disk, and no file in parts. */
export function checkCrashed(disk: MemoryDisk, history: History): void {
  checkJournal(disk, history);
  const files = new Map<string, Known>();
  for (const { life, steps } of history) {
    const isLast = life === history.at(-1)!.life;
    for (const { at, file } of life.promised) {
      if (file === undefined || (file.until !== undefined && !isLast)) continue;
      const known = files.get(file.path) ?? { texts: [], isDue: false };
      files.set(file.path, known);
      if (at > steps) known.texts.push(file.text);
      else {
        known.texts = [file.text];
        known.isDue = steps < (file.until ?? Number.POSITIVE_INFINITY);
      }
    }
  }
  for (const [path, { texts, isDue }] of files) {
    const found = bytesOf(disk, path);
    if (found === undefined ? isDue : !texts.includes(String(found)))
      throw new Error(`${path} was safe, and is ${found === undefined ? 'gone' : 'not whole'}`);
  }
}

/** That a run has come to its end as if nothing had been. */
export async function checkEnd(ran: Ran, history: History, plan = PLANS.whole): Promise<void> {
  const { process, outcome, error, executed } = ran;
  if (outcome === undefined) throw new Error('the recovery failed', { cause: error });
  const { disk } = process;
  const { trials, metrics } = await expectedFiles(plan);
  const text = (name: string) => String(bytesOf(disk, `${FOLDER}/${name}`));
  if (text('trials.csv') !== trials) throw new Error('trials.csv has other bytes');
  if (text('metrics.csv') !== metrics) throw new Error('metrics.csv has other bytes');
  const paths = filesOf(disk);
  const stray = paths.filter((path) => path.endsWith('.tmp'));
  if (stray.length > 0) throw new Error(`temporary files are left: ${stray.join(', ')}`);
  if (process.open.length > 0) throw new Error(`left open: ${process.open.join(', ')}`);
  checkJournal(disk, history);
  const known = promisedKeys(history);
  const twice = executed.filter((key) => known.has(key));
  if (twice.length > 0) throw new Error(`trials ran again that had ended: ${twice.join(', ')}`);
  if (plan === PLANS.whole) checkArtifacts(disk);
}

function checkArtifacts(disk: MemoryDisk): void {
  for (const { path, text } of ARTIFACTS) {
    const found = bytesOf(disk, `${FOLDER}/${path}`);
    if (String(found) !== text) throw new Error(`${path} is "${found}"`);
  }
}

/** Sets a disk to what it was after so many operations of a life. */
export function replay(disk: MemoryDisk, { log }: Pick<Life, 'log'>, steps: number): MemoryDisk {
  for (let i = 0; i < steps; i++) disk.apply(log[i]!);
  return disk;
}

export interface Crashed {
  /** As the crash has left it; used up. */
  readonly disk: MemoryDisk;
  readonly history: History;
  readonly random: Random;
}

/** Recovers, checks; crashes the same recovery somewhere, checks, and recovers again. */
export async function recoverTwice({ disk, history, random }: Crashed): Promise<void> {
  checkCrashed(disk, history);
  const before = disk.clone();
  const first = await runOn(new MemoryProcess(disk), PLANS.whole);
  await checkEnd(first, history);
  const life = lifeOf(first);
  const steps = random.below(life.log.length + 1);
  const damage = DAMAGES[random.below(DAMAGES.length)]!;
  await tellWhere(`in the recovery: ${damage} after ${steps} of ${life.log.length}`, async () => {
    const again = replay(before, life, steps);
    again.crash(damage, random);
    const both = [...history, { life, steps }];
    checkCrashed(again, both);
    await checkEnd(await runOn(new MemoryProcess(again), PLANS.whole), both);
  });
}

export async function tellWhere(where: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    throw new Error(`${where}: ${(cause as Error).message}`, { cause });
  }
}
