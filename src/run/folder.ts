// The run folder: made once with its manifest, opened by its manifest. Refuses folders that hold something else, and
// touches nothing in them.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Clock } from '../ground/clock.js';
import { createFile, isTemporaryName, makeFolder, replaceFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { type Random, systemRandom } from '../ground/random.js';
import { isWord, showValue } from '../ground/shape.js';
import { LOCK_FILE } from './lock.js';
import { MANIFEST_FORMAT, type Manifest } from './manifest.js';
import { referTo } from './reference.js';

export const MANIFEST_FILE = 'manifest.json';

/** Where a stage's own run lies in the folder of the run that depends on it. BAD_RUN_FOLDER for what no stage is called. */
export function stageFolder(folder: string, stage: string): string {
  if (!isWord(stage)) {
    const words = `${join(folder, MANIFEST_FILE)} names a stage ${showValue(stage)}; expected a word`;
    throw new SweeplineError('BAD_RUN_FOLDER', words);
  }
  return join(folder, 'stages', stage);
}

export interface RunFolder {
  /** Absolute path. */
  readonly path: string;
  readonly manifest: Manifest;
  /** True when it was made now. */
  readonly isNew: boolean;
}

/** `20261123-221530-ab12`: UTC, so that ids sort by time the year round, and a suffix against a shared second. */
export function createRunId(clock: Clock, random: Random): string {
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${random.below(0x10000).toString(16).padStart(4, '0')}`;
}

/** An id for a run that starts now. */
export function newRunId(clock: Clock): string {
  return createRunId(clock, systemRandom());
}

/**
 * Makes `out` a run folder, with `manifest` as its manifest. Where it is one already, of the same sweep, that one is
 * returned as it stands (`isNew` false). BAD_USAGE, and nothing written, where it holds another sweep or other files.
 */
export async function createRunFolder(out: string, manifest: Manifest): Promise<RunFolder> {
  const path = resolve(out);
  const found = await listFolder(path);
  if (found !== undefined && !found.includes(MANIFEST_FILE)) {
    const foreign = found.filter((name) => name !== LOCK_FILE && !isTemporaryName(name));
    if (foreign.length > 0) {
      const shown =
        foreign.slice(0, 3).join(', ') + (foreign.length > 3 ? `, … (${foreign.length} in all)` : '');
      throw new SweeplineError('BAD_USAGE', `${path} is not empty and is no run folder: it holds ${shown}`, {
        hint: 'give --out a new or empty folder',
      });
    }
  }
  if (found === undefined || !found.includes(MANIFEST_FILE)) {
    if (await makeRun(path, manifest)) return { path, manifest, isNew: true };
  }
  const existing = await openRunFolder(path);
  if (existing.manifest.sweep !== manifest.sweep) {
    throw new SweeplineError(
      'BAD_USAGE',
      `${path} holds a run of the sweep "${existing.manifest.sweep}", not of "${manifest.sweep}"`,
      { hint: 'give --out a new or empty folder' },
    );
  }
  return existing;
}

/** Opens a run folder by its path. BAD_RUN_FOLDER where it is missing, unreadable, foreign or of another format. */
export async function openRunFolder(folder: string): Promise<RunFolder> {
  const path = resolve(folder);
  const found = await listFolder(path);
  if (found === undefined)
    throw new SweeplineError('BAD_RUN_FOLDER', `there is no folder ${path}`, { hint: NAME_A_RUN });
  if (!found.includes(MANIFEST_FILE)) {
    throw new SweeplineError('BAD_RUN_FOLDER', `${path} is no run folder: it has no ${MANIFEST_FILE}`, {
      hint: NAME_A_RUN,
    });
  }
  return { path, manifest: await readManifest(path), isNew: false };
}

/** Replaces the manifest (an edited grid). */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await replaceFile(join(folder, MANIFEST_FILE), formatManifest(manifest));
}

const NAME_A_RUN = 'name a run folder, such as runs/<sweep>/<run-id>, or a sweep for its newest run';

async function readManifest(path: string): Promise<Manifest> {
  const file = join(path, MANIFEST_FILE);
  let manifest: { readonly format?: unknown };
  try {
    manifest = JSON.parse(await readFile(file, 'utf8')) as { readonly format?: unknown };
  } catch (cause) {
    throw new SweeplineError('BAD_RUN_FOLDER', `cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  if (manifest?.format !== MANIFEST_FORMAT) {
    throw new SweeplineError(
      'BAD_RUN_FOLDER',
      `${file} has format ${JSON.stringify(manifest?.format)}; this Sweepline reads ${MANIFEST_FORMAT}`,
      { hint: 'use the version of Sweepline that made this run' },
    );
  }
  return upgrade(manifest as EarlierManifest, path);
}

/** What manifests of 0.1.0 have in place of references. */
type EarlierManifest = Manifest & { readonly sweepUrl?: string; readonly reportUrl?: string | null };

function upgrade({ sweepUrl, reportUrl, ...manifest }: EarlierManifest, path: string): Manifest {
  if (sweepUrl === undefined) return manifest;
  const reportFile = reportUrl === null || reportUrl === undefined ? null : referTo(reportUrl, path);
  return { ...manifest, sweepFile: referTo(sweepUrl, path), reportFile };
}

function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Names in the folder; undefined where there is none. */
async function listFolder(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new SweeplineError('BAD_RUN_FOLDER', `cannot read the folder ${path}: ${message}`, { cause });
  }
}

/** Of two processes that come here at once one makes it (true), and the other finds it made. */
async function makeRun(path: string, manifest: Manifest): Promise<boolean> {
  try {
    await makeFolder(path);
    return await createFile(join(path, MANIFEST_FILE), formatManifest(manifest));
  } catch (cause) {
    throw new SweeplineError('BAD_USAGE', `cannot make the run folder ${path}: ${(cause as Error).message}`, {
      cause,
      hint: 'give --out a folder that you may write',
    });
  }
}
