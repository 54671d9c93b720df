// From a suite that has run to what its night came to: it is kept in the history, judged, and written beside the runs.
import { join } from 'node:path';
import type { Clock } from '../ground/clock.js';
import { FileBatch } from '../ground/durable.js';
import { readAccepted } from './accepted.js';
import { findCommits } from './commits.js';
import { type Again, confirm } from './confirm.js';
import { type Gate, judgeListed } from './gate.js';
import { addNight, readHistory } from './history.js';
import { gateToJson } from './json.js';
import { renderJunit } from './junit.js';
import { renderGate } from './markdown.js';
import { findMissing } from './missing.js';
import { renderNightPage } from './page.js';
import { type Ran, recordNight } from './record-night.js';
import { renderNights } from './table.js';

export interface Tonight extends Omit<Ran, 'at'> {
  /** What became of nights before, to be told. */
  readonly notes: readonly string[];
  readonly history: string;
  /** Nights before that count, at most. */
  readonly last: number;
  readonly clock: Clock;
  /** Absent: what got worse is not run again. */
  readonly again?: Again;
}

export const FILES = {
  page: 'night.html',
  markdown: 'night.md',
  json: 'night.json',
  junit: 'junit.xml',
  table: 'nights.csv',
} as const;

/** Judges the night, runs again what got worse, and keeps the night whatever it came to. */
export async function closeNight(tonight: Tonight): Promise<Gate> {
  const { folder, history, last, notes, clock, again } = tonight;
  const night = await recordNight({ ...tonight, at: new Date(clock.now()).toISOString() });
  const { nights, faults } = await readHistory(history, night.suite);
  const { accepted, faults: others } = await readAccepted(history, night.suite);
  const before = { nights, faults: [...faults, ...others] };
  const { gate: found, series } = judgeListed(night, before, { accepted, last, notes });
  const judged = night.isComplete ? found : { ...found, missing: await findMissing(folder, tonight.runs) };
  const gate =
    judged.isWorse && again !== undefined
      ? await confirm({ gate: judged, series, accepted, folder, clock }, again)
      : judged;
  await addNight(history, gate.night);
  await writeGate(folder, gate);
  return gate;
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
