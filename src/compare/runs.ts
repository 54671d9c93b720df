// Which runs are meant by what people type, and which of them belong together: a run, a suite, or a folder of runs on each
// side. Reads names only.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { realPath } from '../ground/inside.js';
import { findRun } from '../run/find.js';
import { isRun, listRuns } from '../run/list.js';
import { SUITE_FILE } from '../run/suite-file.js';

/** What one side of a comparison is. */
export interface RunSet {
  /** As typed. */
  readonly typed: string;
  /** Absolute. */
  readonly path: string;
  /** By the name within the suite or folder; one run alone has its own folder's name. */
  readonly runs: ReadonlyMap<string, string>;
  readonly isSingle: boolean;
}

/** A run folder, run id or sweep; a suite's folder, id or name; or a folder that holds runs. BAD_RUN_FOLDER where it is none. */
export async function findRuns(typed: string, root = 'runs'): Promise<RunSet> {
  if (isRun(typed)) return single(typed, resolve(typed));
  if (isFolder(typed)) {
    const runs = await runsIn(resolve(typed));
    if (runs.size > 0) return { typed, path: resolve(typed), runs, isSingle: false };
  }
  const suite = findSuite(typed, root);
  if (suite !== undefined) {
    const runs = await runsIn(suite);
    if (runs.size > 0) return { typed, path: suite, runs, isSingle: false };
  }
  return single(typed, await findRun(typed, root));
}

function single(typed: string, path: string): RunSet {
  return { typed, path, runs: new Map([[basename(path), path]]), isSingle: true };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The newest suite of that name, or the one with that id. */
function findSuite(typed: string, root: string): string | undefined {
  const ids = (name: string) =>
    namesIn(join(root, name)).filter((id) => existsSync(join(root, name, id, SUITE_FILE)));
  const newest = ids(typed).sort().at(-1);
  if (newest !== undefined) return resolve(root, typed, newest);
  const name = namesIn(root).find((each) => ids(each).includes(typed));
  return name === undefined ? undefined : resolve(root, name, typed);
}

/** Runs that lie in a folder; where there are none, the newest of each sweep in a folder such as `runs`. */
async function runsIn(folder: string): Promise<Map<string, string>> {
  const here = namesIn(folder).filter((name) => isRun(join(folder, name)));
  if (here.length > 0) return new Map(here.map((name) => [name, join(folder, name)]));
  return new Map((await listRuns(folder)).map(({ name, path }) => [name, path]));
}

function namesIn(folder: string): string[] {
  return isFolder(folder) ? readdirSync(folder).sort() : [];
}

export interface RunPair {
  /** What both sides call it. */
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

export interface Paired {
  readonly pairs: readonly RunPair[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

/**
 * Two runs are a pair whatever they are called; of suites and folders those of one name are. `sweepOf` says the sweep of
 * a run: one run alone is compared with the one of its sweep. BAD_USAGE where nothing belongs together.
 */
export async function pairRuns(
  a: RunSet,
  b: RunSet,
  sweepOf: (path: string) => Promise<string>,
): Promise<Paired> {
  const [onlyA, onlyB] = [[...a.runs.values()][0]!, [...b.runs.values()][0]!];
  if (a.isSingle && b.isSingle)
    return checked(a, b, {
      pairs: [{ name: await sweepOf(onlyB), a: onlyA, b: onlyB }],
      onlyA: [],
      onlyB: [],
    });
  if (a.isSingle || b.isSingle) {
    const [alone, set] = a.isSingle ? [a, b] : [b, a];
    const own = [...alone.runs.values()][0]!;
    const sweep = await sweepOf(own);
    const of: string[] = [];
    for (const path of set.runs.values()) if ((await sweepOf(path)) === sweep) of.push(path);
    if (of.length !== 1)
      throw new SweeplineError(
        'BAD_USAGE',
        `${set.typed} holds ${of.length === 0 ? 'no run' : `${of.length} runs`} of the sweep "${sweep}", which ${alone.typed} is of`,
        { hint: `name one of its runs: ${[...set.runs.values()].slice(0, 5).join(', ')}` },
      );
    const [x, y] = a.isSingle ? [own, of[0]!] : [of[0]!, own];
    return checked(a, b, { pairs: [{ name: sweep, a: x, b: y }], onlyA: [], onlyB: [] });
  }
  const names = [...a.runs.keys()].filter((name) => b.runs.has(name));
  return checked(a, b, {
    pairs: names.map((name) => ({ name, a: a.runs.get(name)!, b: b.runs.get(name)! })),
    onlyA: [...a.runs.keys()].filter((name) => !b.runs.has(name)),
    onlyB: [...b.runs.keys()].filter((name) => !a.runs.has(name)),
  });
}

function checked(a: RunSet, b: RunSet, paired: Paired): Paired {
  const itself = paired.pairs.find((pair) => realPath(pair.a) === realPath(pair.b));
  if (itself !== undefined)
    throw new SweeplineError('BAD_USAGE', `${a.typed} and ${b.typed} are the same run: ${itself.a}`, {
      hint: 'name two runs; `sweepline verify <run>` runs trials of one again and compares them',
    });
  if (paired.pairs.length > 0) return paired;
  const names = (set: RunSet) => [...set.runs.keys()].slice(0, 8).join(', ');
  throw new SweeplineError(
    'BAD_USAGE',
    `${a.typed} and ${b.typed} have no run of the same name: ${names(a)} in the one, ${names(b)} in the other`,
    { hint: 'name the two runs themselves' },
  );
}
