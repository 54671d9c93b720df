// From a suite that has run to what its night came to: it is kept in the history, judged, and written beside the runs.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock } from '../ground/clock.js';
import { FileBatch } from '../ground/durable.js';
import { MANIFEST_FILE } from '../run/folder.js';
import { readManifest } from '../run/read-manifest.js';
import { readAccepted } from './accepted.js';
import { findCommits } from './commits.js';
import { type Gate, judgeTonight } from './gate.js';
import { addNight, readHistory } from './history.js';
import { gateToJson } from './json.js';
import { renderJunit } from './junit.js';
import { renderGate } from './markdown.js';
import { findMissing } from './missing.js';
import { renderNightPage } from './page.js';
import { NIGHT_FORMAT, type NightRecord, type NightRun } from './record.js';
import { summarizeRun } from './summarize.js';
import { renderNights } from './table.js';

export interface Tonight {
  readonly suite: string;
  /** That of the suite. */
  readonly folder: string;
  /** Names of its runs, in order. */
  readonly runs: readonly string[];
  readonly isComplete: boolean;
  readonly history: string;
  /** Nights before that count, at most. */
  readonly last: number;
  readonly clock: Clock;
}

export const FILES = {
  page: 'night.html',
  markdown: 'night.md',
  json: 'night.json',
  junit: 'junit.xml',
  table: 'nights.csv',
} as const;

/** Judges the night, and keeps it whatever it came to. */
export async function closeNight(tonight: Tonight): Promise<Gate> {
  const { folder, history, last } = tonight;
  const night = await recordNight(tonight);
  const before = await readHistory(history, night.suite);
  const { accepted, faults } = await readAccepted(history, night.suite);
  const judged = judgeTonight(
    night,
    { nights: before.nights, faults: [...before.faults, ...faults] },
    { accepted, last },
  );
  const gate = night.isComplete ? judged : { ...judged, missing: await findMissing(folder, tonight.runs) };
  await addNight(history, night);
  await writeGate(folder, gate);
  return gate;
}

async function recordNight({ suite, folder, runs, isComplete, clock }: Tonight): Promise<NightRecord> {
  const summaries: NightRun[] = [];
  let [commit, host] = ['', ''];
  for (const name of runs) {
    const own = join(folder, name);
    if (!existsSync(join(own, MANIFEST_FILE))) continue;
    const manifest = await readManifest(own);
    [commit, host] = [manifest.git ?? '', manifest.host];
    summaries.push(await summarizeRun(name, own));
  }
  const at = new Date(clock.now()).toISOString();
  return {
    ...{ format: NIGHT_FORMAT, night: nameNight(folder, at), at, suite, host },
    commit: commit === '' ? null : commit,
    isComplete,
    runs: summaries,
  };
}

/** That of the suite's folder where it begins with a time, so that a night that was continued is the same one. */
function nameNight(folder: string, at: string): string {
  const name = basename(folder);
  if (/^\d{8}-\d{6}-[\w-]{1,100}$/.test(name)) return name;
  const stamp = at.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${name.replaceAll(/[^\w-]/g, '-').slice(0, 60) || 'night'}`;
}

async function writeGate(folder: string, gate: Gate): Promise<void> {
  const commits = findCommits(gate);
  const batch = new FileBatch();
  try {
    const texts = {
      [FILES.page]: renderNightPage(gate, commits),
      [FILES.markdown]: renderGate(gate, commits),
      [FILES.json]: `${JSON.stringify(gateToJson(gate), null, 2)}\n`,
      [FILES.junit]: renderJunit(gate),
      [FILES.table]: renderNights(gate),
    };
    for (const [name, text] of Object.entries(texts)) await batch.write(join(folder, name), text);
    await batch.commit();
  } finally {
    await batch.discard();
  }
}
