// Runs one trial of a run again, alone and in this process: same parameters, same seed, same numbers, and a debugger
// can follow it. Nothing of the run is changed: artifacts go to a folder of their own.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SweeplineError } from '../../ground/errors.js';
import { openRunFolder } from '../../run/folder.js';
import { readProposals } from '../../run/history.js';
import { type Manifest, proposesPoints } from '../../run/manifest.js';
import { readJournal } from '../../run/read-journal.js';
import { headerOf } from '../../trial/row.js';
import type { Selection } from '../../trial/selection.js';
import type { TrialNote } from '../../trial/status.js';
import { loadSweep } from '../definition/load.js';
import { prepareAgain } from '../job.js';
import { openPool } from '../open-pool.js';
import { settingsOf } from '../settings.js';
import { readStages } from '../stages.js';

export interface Replay {
  /** Header and row as in trials.csv. */
  readonly csv: string;
  /** What happened where the trial did not end `ok`. */
  readonly note: TrialNote | undefined;
  /** Where the trial's artifacts went. */
  readonly folder: string;
}

export interface ReplayOptions {
  /** The sweep's file, where it is no longer found from the run. */
  readonly sweep?: string;
  /** Hears what the worker prints. */
  readonly onLine?: (line: string) => void;
}

/** Throws BAD_USAGE where the run has no such trial, or one that is more than itself, BAD_RUN_FOLDER where its worker has changed since. */
export async function replayTrial(
  runFolder: string,
  trial: number,
  { sweep, onLine = () => undefined }: ReplayOptions = {},
): Promise<Replay> {
  const found = await openRunFolder(runFolder);
  const { path, manifest } = found;
  requireAlone(path, manifest, trial);
  const settings = settingsOf(found, { debug: true, ...(sweep === undefined ? {} : { sweep }) });
  const loaded = await loadSweep(settings.sweep);
  const pool = await openPool(settings, loaded.workerUrl, onLine);
  try {
    const job = await prepareAgain(manifest, settings, { loaded, questions: pool.questions });
    const trials = findTrial(path, manifest, trial, job.space.trials);
    const folder = await mkdtemp(join(tmpdir(), 'sweepline-replay-'));
    const { space, axes, fixed, seed: sweepSeed } = job.resolved;
    await pool.begin({
      ...{ space, axes, fixed, sweepSeed, folder },
      engine: manifest.engine,
      device: manifest.device,
      data: settings.data ?? undefined,
      stages: readStages(path, job.worker),
    });
    const { rows, notes, warnings = [] } = await pool.submit({ id: 0, attempt: 1, trials }).result;
    for (const warning of warnings) onLine(warning);
    const { metrics } = manifest.worker;
    return { csv: headerOf({ axes, metrics }) + new TextDecoder().decode(rows), note: notes[0], folder };
  } finally {
    await pool.close();
  }
}

/** What a trial of population-based training has taken over is not its own: alone it would come to something else. */
function requireAlone(path: string, { pruner }: Manifest, trial: number): void {
  if (pruner?.name !== 'pbt') return;
  const [first] = readJournal(path).state.epoch.parked.exploitsOf(trial);
  if (first === undefined) return;
  throw new SweeplineError(
    'BAD_USAGE',
    `trial ${trial} went on from the weights of trial ${first.from} at step ${first.step} (pbt): alone it would be another trial`,
    {
      hint: `\`sweepline explain <run> ${trial}\` tells whose weights it has, and from which step on`,
    },
  );
}

function findTrial(path: string, { sampler }: Manifest, trial: number, trials: number): Selection {
  if (!proposesPoints(sampler)) {
    if (trial < trials) return { kind: 'range', first: trial, count: 1 };
    throw new SweeplineError('BAD_USAGE', `trial ${trial}: the run has the trials 0 to ${trials - 1}`);
  }
  const { state } = readJournal(path);
  for (const point of readProposals(path, state.epochs.length - 1))
    if (point.trial === trial) return { kind: 'points', points: [point] };
  throw new SweeplineError(
    'BAD_USAGE',
    `trial ${trial}: the run's sampler has proposed none of that number`,
    {
      hint: 'the numbers are the first column of trials.csv',
    },
  );
}
