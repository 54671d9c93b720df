// The turn of a night: two nights of a suite never overlap in a history, and what a killed one has left is not lost. A mark
// in the history says that a night is under way, and goes once that is kept. The next night keeps what it finds marked.
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../ground/clock.js';
import { isTemporaryName, makeFolder, replaceFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { quoteArgument } from '../ground/text.js';
import { MANIFEST_FILE } from '../run/folder.js';
import { acquireLock } from '../run/lock.js';
import { readManifest } from '../run/read-manifest.js';
import { SUITE_FILE } from '../run/suite-file.js';
import { addNight, hasNight, readHistory, suiteFolder } from './history.js';
import { recordNight } from './record-night.js';

/** In the folder of a suite's nights: a file for each night that is under way. */
const MARKS = 'begun';

export interface TurnRequest {
  readonly history: string;
  readonly suite: string;
  /** Absolute, of the suite's runs tonight. */
  readonly folder: string;
  /** Names of the runs, in order. */
  readonly runs: readonly string[];
  readonly clock: Clock;
  /** Hears why it takes a while. */
  readonly onWait?: (text: string) => void;
}

export interface Turn {
  /** The name that the night has in the history. */
  readonly night: string;
  /** What became of nights that did not come to their end. */
  readonly notes: readonly string[];
  /** Marks the night as begun. */
  begin(): Promise<void>;
  /** The night is kept. */
  kept(): Promise<void>;
  /** Lets the next night begin. */
  release(): Promise<void>;
}

const MARK = z.object({
  night: z.string().regex(/^[\w-]{1,200}$/),
  at: z.iso.datetime(),
  host: z.string(),
  folder: z.string(),
  runs: z.array(z.string()).readonly(),
});
type Mark = z.infer<typeof MARK>;

/** LOCKED where another night of the suite is under way. */
export async function takeTurn(request: TurnRequest): Promise<Turn> {
  const { history, suite, folder, runs, clock, onWait } = request;
  const own = suiteFolder(history, suite);
  await makeFolder(own);
  const lock = await acquireLock(own, { clock, ...(onWait === undefined ? {} : { onWait }) }).catch(
    async (error: unknown) => {
      throw await explainBusy(error, own, suite);
    },
  );
  try {
    // Under the lock: whoever had it before has taken the folder away again.
    await makeFolder(join(own, MARKS));
    for (const place of [own, join(own, MARKS)]) await removeDrafts(place);
    const marks = await readMarks(own);
    const at = new Date(clock.now()).toISOString();
    const night = (await findName(request, marks)) ?? nameNight(folder, at);
    const path = markPath(own, night);
    const notes: string[] = [];
    for (const mark of marks)
      if (mark.night !== night) notes.push(...(await keepLeft(mark, { history, suite, own })));
    return {
      night,
      notes,
      begin: () =>
        replaceFile(
          path,
          `${JSON.stringify({ night, at, host: hostname(), folder, runs } satisfies Mark)}\n`,
        ),
      kept: () => rm(path, { force: true }),
      async release() {
        // Fails while a night is marked that goes on another time.
        await rmdir(join(own, MARKS)).catch(() => undefined);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const markPath = (own: string, night: string) => join(own, MARKS, `${night}.json`);

/** Of this machine: those of others, which a synchronised folder brings, are for them to keep. */
async function readMarks(own: string): Promise<Mark[]> {
  const marks: Mark[] = [];
  for (const name of (await readdir(join(own, MARKS))).sort()) {
    if (isTemporaryName(name) || !name.endsWith('.json')) continue;
    const text = await readFile(join(own, MARKS, name), 'utf8').catch(() => '');
    const found = MARK.safeParse(parse(text));
    if (found.success && found.data.host === hostname()) marks.push(found.data);
  }
  return marks;
}

/** Files that were never finished. Nobody else writes here while one has the turn. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (isTemporaryName(name) && name.includes('.json.')) await rm(join(folder, name), { force: true });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keeps what a night has left that did not come to its end, and says so. */
async function keepLeft(
  mark: Mark,
  { history, suite, own }: { readonly history: string; readonly suite: string; readonly own: string },
): Promise<string[]> {
  const { night, folder, at } = mark;
  const drop = () => rm(markPath(own, night), { force: true });
  if (await hasNight(history, suite, night)) {
    await drop();
    return [];
  }
  const what = `night ${night} did not come to its end`;
  try {
    const record = await recordNight({ ...mark, suite, at });
    if (record.runs.length === 0) {
      await drop();
      return [`${what}, and had no result`];
    }
    await addNight(history, record);
    await drop();
    return [
      record.isComplete
        ? `${what}, though all of its trials had: it is kept now`
        : `${what}: what it had done is kept; it goes on with: sweepline suite … --out ${quoteArgument(folder)} --baseline ${quoteArgument(history)}`,
    ];
  } catch (error) {
    return [`${what}, and cannot be kept now: ${(error as Error).message}`];
  }
}

/** The night that the folder holds already: the one whose mark names it, or that which was kept of one of its runs. */
async function findName(
  { history, suite, folder, runs }: TurnRequest,
  marks: readonly Mark[],
): Promise<string | undefined> {
  // A new folder under an old name is another night.
  if (!existsSync(join(folder, SUITE_FILE))) return undefined;
  const { nights } = await readHistory(history, suite);
  for (const name of runs) {
    const own = join(folder, name);
    const id = existsSync(join(own, MANIFEST_FILE)) ? (await readManifest(own)).runId : undefined;
    const kept = nights.findLast((night) => night.runs.some(({ run }) => run === id));
    if (kept !== undefined) return kept.night;
  }
  return marks.find((mark) => mark.folder === folder)?.night;
}

/** That of the suite's folder where it begins with a time, so that a night that was continued is the same one. */
function nameNight(folder: string, at: string): string {
  const name = basename(folder);
  if (/^\d{8}-\d{6}-[\w-]{1,100}$/.test(name)) return name;
  const stamp = at.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${name.replaceAll(/[^\w-]/g, '-').slice(0, 60) || 'night'}`;
}

async function explainBusy(error: unknown, own: string, suite: string): Promise<unknown> {
  if (!(error instanceof SweeplineError) || error.code !== 'LOCKED') return error;
  const [mark] = await readMarks(own).catch(() => []);
  const which = mark === undefined ? 'a night' : `night ${mark.night}, which began at ${mark.at},`;
  return new SweeplineError('LOCKED', `${which} of the suite ${suite} is still under way: ${error.message}`, {
    cause: error,
    hint: 'this one has not started; a night that takes too long is ended in time with --budget 5h',
  });
}
