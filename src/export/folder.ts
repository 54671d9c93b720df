// Where an export goes: a folder that is new or empty, filled beside its place and given its name when it is whole.
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { temporaryName } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';

/** Rejects with BAD_USAGE where something is there. What `fill` does not finish is removed. */
export async function fillFolder<T>(out: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const path = resolve(out);
  await requireEmpty(path);
  await mkdir(dirname(path), { recursive: true });
  const draft = temporaryName(path);
  await mkdir(draft);
  try {
    const filled = await fill(draft);
    await rename(draft, path);
    return filled;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function requireEmpty(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  const hint = 'give --out a new or empty folder';
  if (!found.isDirectory()) throw new SweeplineError('BAD_USAGE', `${path} is no folder`, { hint });
  const [first] = await readdir(path);
  if (first !== undefined)
    throw new SweeplineError('BAD_USAGE', `${path} is not empty: it holds ${first}`, { hint });
}
