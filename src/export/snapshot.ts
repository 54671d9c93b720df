// Runs as they are at this moment, as CSVs in a private temporary folder: derived from the journals, because the CSVs of a
// run that goes on, was killed or was stopped are behind it or not there. The run folders are read only.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeEpoch } from '../run/derive.js';
import { formatManifest, MANIFEST_FILE, openRunFolder, stageFolder } from '../run/folder.js';
import { JOURNAL_FILE, readJournal } from '../run/read-journal.js';

export interface Snapshot {
  /** Where further files may be put; gone at the end. */
  readonly folder: string;
  readonly runs: readonly SnapshotRun[];
}

export interface SnapshotRun {
  /** The run folder itself, absolute. */
  readonly source: string;
  /** The folder with its manifest and CSVs as they are now. */
  readonly path: string;
  /** Its stages that have begun, each with a folder as its own. */
  readonly stages: readonly { readonly stage: string; readonly path: string }[];
  /** How SQL tells it from the others: its id, or its folder where two have the same. */
  readonly label: string;
}

/** Rejects with BAD_RUN_FOLDER where a folder is no run, or its journal is damaged. */
export async function withSnapshot<T>(
  folders: readonly string[],
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sweepline-export-'));
  try {
    const runs: (SnapshotRun & { readonly id: string })[] = [];
    for (const [i, run] of folders.entries()) runs.push(await copyRun(run, join(folder, `run-${i}`)));
    const ids = runs.map(({ id }) => id);
    const isKnown = (id: string) => ids.indexOf(id) === ids.lastIndexOf(id);
    return await work({
      folder,
      runs: runs.map(({ id, ...run }) => ({ ...run, label: isKnown(id) ? id : run.source })),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copyRun(folder: string, into: string): Promise<SnapshotRun & { readonly id: string }> {
  const { path: source, manifest } = await openRunFolder(folder);
  const stages: { stage: string; path: string }[] = [];
  for (const stage of manifest.worker.stages ?? []) {
    const own = stageFolder(source, stage);
    if (!existsSync(join(own, MANIFEST_FILE))) continue;
    const { path } = await copyRun(own, join(into, 'stages', stage));
    stages.push({ stage, path });
  }
  const run = { source, id: manifest.runId, label: source, stages };
  // What somebody passed on without its journal has what its CSVs have.
  if (!existsSync(join(source, JOURNAL_FILE))) return { ...run, path: source };
  const epoch = readJournal(source).state.epochs.at(-1);
  await mkdir(into, { recursive: true });
  // Of a grid that is being edited the manifest and the journal may differ for a moment: rows are as the journal says.
  const { t: _, ...space } = epoch?.record ?? { t: 'space' };
  await writeFile(join(into, MANIFEST_FILE), formatManifest({ ...manifest, ...space }));
  // A run that was stopped before it began has no rows.
  if (epoch !== undefined) await writeEpoch({ folder: source, into }, epoch, manifest);
  return { ...run, path: into };
}
