// Which runs there are under a folder: <root>/<sweep>/<id>, those of suites, which keep theirs together in
// <root>/<suite>/<id>/<name>, and those that somebody has named, <root>/<name>.
import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { MANIFEST_FILE } from './folder.js';

export interface ListedRun {
  /** The sweep, or the name that its suite calls it. */
  readonly name: string;
  /** Of the run or its suite: begins with the time in UTC. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
}

/** A run whose folder may have any name. */
export interface FoundRun extends ListedRun {
  /** Where `name` may be the folder's; undefined where the manifest does not say. */
  readonly sweep: string | undefined;
}

/** Begins with the time in UTC. */
const ID = /^\d{8}-\d{6}-/;
/** Of a manifest: its run and its sweep stand at its start, and an axis may be long. */
const HEAD_BYTES = 4096;

/** The same, and runs that lie in the folder itself, as `--out runs/mine` leaves them. Oldest first, by when they began. */
export async function findRuns(root: string): Promise<FoundRun[]> {
  const named = (await listNames(root)).filter((name) => isRun(join(root, name)));
  const listed = (await listRuns(root)).filter(
    ({ path }) => !named.some((name) => isWithin(path, root, name)),
  );
  const own = named.map((name) => ({ name, id: name, path: resolve(root, name) }));
  const found = await Promise.all(
    [...own, ...listed].map(async (run) => {
      if (ID.test(run.id)) return { ...run, sweep: run.name, began: run.id };
      const { runId = '', sweep } = await readHead(run.path);
      return { ...run, sweep, began: runId };
    }),
  );
  return found
    .sort((a, b) => (a.began < b.began ? -1 : a.began > b.began ? 1 : 0))
    .map(({ began: _, ...run }) => run);
}

/** Of a run: what lies in its folder is its own. */
function isWithin(path: string, root: string, name: string): boolean {
  return path.startsWith(resolve(root, name) + sep);
}

/** The start of a manifest, without the rest of it. */
async function readHead(path: string): Promise<{ readonly runId?: string; readonly sweep?: string }> {
  const file = await open(join(path, MANIFEST_FILE)).catch(() => undefined);
  if (file === undefined) return {};
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const text = buffer.toString('utf8', 0, bytesRead);
    const word = (key: string) => new RegExp(`^\\s*"${key}":\\s*"([\\w-]+)"`, 'm').exec(text)?.[1];
    const [runId, sweep] = [word('runId'), word('sweep')];
    return { ...(runId === undefined ? {} : { runId }), ...(sweep === undefined ? {} : { sweep }) };
  } catch {
    return {}; // a folder of that name: whoever opens the run is told
  } finally {
    await file.close();
  }
}

/** Oldest first; none where the folder cannot be read. */
export async function listRuns(root: string): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  for (const name of await listNames(root)) {
    for (const id of await listNames(join(root, name))) {
      const path = resolve(root, name, id);
      if (isRun(path)) runs.push({ name, id, path });
      else
        for (const part of await listNames(path))
          if (isRun(join(path, part))) runs.push({ name: part, id, path: join(path, part) });
    }
  }
  return runs.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

export function isRun(path: string): boolean {
  return existsSync(join(path, MANIFEST_FILE));
}

async function listNames(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
