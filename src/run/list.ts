// Which runs there are under a folder, by names alone: <root>/<sweep>/<id>, and those of suites, which keep theirs
// together in <root>/<suite>/<id>/<name>.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MANIFEST_FILE } from './folder.js';

export interface ListedRun {
  /** The sweep, or the name that its suite calls it. */
  readonly name: string;
  /** Of the run or its suite: begins with the time in UTC. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
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
