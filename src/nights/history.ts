// A history: a folder of nights, a folder for each suite, and what was accepted of them. Files are written once and never
// changed, so that histories of several machines are merged by copying; one that is torn is told and passed over.
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isTemporaryName, makeFolder, replaceFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { isWord, showValue } from '../ground/shape.js';
import { findUnkept, type KeepRule } from './prune.js';
import { type NightRecord, parseNightRecord, renderNightRecord } from './record.js';

export interface History {
  /** Oldest first. */
  readonly nights: readonly NightRecord[];
  /** Files that could not be read, and why. */
  readonly faults: readonly string[];
}

/** The longest file that is read: a night of 2,000 configurations and ten metrics is 2 MB. */
const LARGEST = 100_000_000;
const END = '.json';
/** Beside the folders of suites. */
export const ACCEPTED = 'accepted';

/** The nights of a suite. None where the folder is not there. */
export async function readHistory(folder: string, suite: string): Promise<History> {
  const own = suiteFolder(folder, suite);
  const names = await readdir(own).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new SweeplineError('BAD_USAGE', `${own} cannot be read: ${error.message}`, { cause: error });
  });
  const nights: NightRecord[] = [];
  const faults: string[] = [];
  for (const name of names.sort()) {
    if (isTemporaryName(name) || !name.endsWith(END)) continue;
    const path = join(own, name);
    const found = await readNight(path);
    if ('fault' in found) faults.push(`${path}: ${found.fault}`);
    else if (found.suite !== suite)
      faults.push(`${path}: it is a night of the suite ${showValue(found.suite)}`);
    else nights.push(found);
  }
  // Clocks of machines differ: the names are what counts everywhere alike.
  return { nights: distinct(nights), faults };
}

/** Adds a night, which is there after a power cut too. Returns its file. */
export async function addNight(folder: string, night: NightRecord): Promise<string> {
  const own = suiteFolder(folder, night.suite);
  await makeFolder(own);
  const path = join(own, `${night.night}${END}`);
  await replaceFile(path, renderNightRecord(night));
  return path;
}

export async function hasNight(folder: string, suite: string, night: string): Promise<boolean> {
  return 'night' in (await readNight(join(suiteFolder(folder, suite), `${night}${END}`)));
}

/** Removes nights that the rule does not keep; returns them. */
export async function pruneHistory(
  folder: string,
  suite: string,
  rule: KeepRule,
): Promise<readonly NightRecord[]> {
  const { nights } = await readHistory(folder, suite);
  const gone = findUnkept(nights, rule);
  for (const { night } of gone) await rm(join(suiteFolder(folder, suite), `${night}${END}`), { force: true });
  return gone;
}

/** Where the nights of a suite are. Throws BAD_USAGE for what no suite is called. */
export function suiteFolder(folder: string, suite: string): string {
  if (!isWord(suite) || suite === ACCEPTED)
    throw new SweeplineError('BAD_USAGE', `no suite is called ${showValue(suite)}`);
  return join(resolve(folder), suite);
}

async function readNight(path: string): Promise<NightRecord | { readonly fault: string }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { fault: 'it is no file' };
    if (found.size > LARGEST) return { fault: `it has ${found.size} bytes; a night has at most ${LARGEST}` };
    return parseNightRecord(await readFile(path, 'utf8'));
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

/** Copies under another name, as synchronisers leave them, are the same night. */
function distinct(nights: readonly NightRecord[]): NightRecord[] {
  const known = new Map<string, NightRecord>();
  for (const night of nights) {
    const other = known.get(night.night);
    // A night that was continued is there as it was before, too, where a synchroniser was slow.
    if (other === undefined || trialsOf(night) >= trialsOf(other)) known.set(night.night, night);
  }
  return [...known.values()].sort((a, b) => (a.night < b.night ? -1 : 1));
}

const trialsOf = ({ runs }: NightRecord) => runs.reduce((sum, { trials }) => sum + trials, 0);

/** Suites that have nights there. */
export async function listSuites(folder: string): Promise<string[]> {
  const suites: string[] = [];
  for (const name of (await readdir(resolve(folder)).catch(() => [])).sort()) {
    if (name === ACCEPTED || !isWord(name)) continue;
    const files = await readdir(join(resolve(folder), name)).catch(() => []);
    if (files.some((file) => file.endsWith(END))) suites.push(name);
  }
  return suites;
}
