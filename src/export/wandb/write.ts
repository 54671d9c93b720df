// A run as offline runs of Weights & Biases, a folder a trial: what `wandb sync` uploads. The sweep is the project, the run
// the group.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProtoWriter } from '../../ground/protobuf.js';
import { ownVersion } from '../../ground/version.js';
import type { Epoch } from '../../run/epoch.js';
import type { Manifest } from '../../run/manifest.js';
import { fillParams } from '../../trial/params.js';
import { type ExportedTrial, readTrials, wholeSteps } from '../trials.js';
import { encodeLog } from './log.js';
import { createRecords, exitRecord, header, historyRecord, runRecord, summaryRecord } from './records.js';

export interface WandbRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly epoch: Epoch;
}

/** Writes into a folder that is there; returns how many trials. */
export async function writeWandb(run: WandbRun, into: string): Promise<number> {
  // Names of its folders: `offline-run-20261123_221530-<id>`.
  const started = Date.parse(run.manifest.created) || 0;
  const stamp = new Date(started).toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15);
  let trials = 0;
  for (const trial of readTrials(run.folder, run.epoch)) {
    const id = `${run.manifest.runId}-${trial.row.trial}`.replace(/[^\w-]/g, '-');
    const own = join(into, `offline-run-${stamp}-${id}`);
    await mkdir(join(own, 'files'), { recursive: true });
    await writeFile(join(own, `run-${id}.wandb`), encodeLog(trialRecords(run, trial, { id, started })));
    trials++;
  }
  return trials;
}

function* trialRecords(
  { manifest, epoch }: WandbRun,
  { row, series, runMs, host }: ExportedTrial,
  { id, started }: { readonly id: string; readonly started: number },
): Generator<Uint8Array> {
  const record = createRecords({ id });
  const { worker, fixed } = epoch.record;
  const { trial, key, replicate, seed, status } = row;
  yield record('header', header(ownVersion()));
  yield record(
    'run',
    runRecord({
      id,
      project: manifest.sweep,
      group: manifest.runId,
      name: `${manifest.sweep} ${trial}`,
      host,
      tags: status === 'ok' ? [] : [status],
      started,
      config: {
        ...fillParams(row.point, worker.params, fixed),
        sweepline: { trial, key, replicate, seed },
      },
    }),
  );
  const steps = wholeSteps(series);
  const seconds = (i: number) => ((runMs / 1000) * (i + 1)) / (series.length + 1);
  for (const [i, { values }] of series.entries()) {
    const told = Object.entries(values).filter(([, value]) => value !== null);
    const time = { _step: steps[i]!, _runtime: seconds(i), _timestamp: started / 1000 + seconds(i) };
    yield record('history', historyRecord(steps[i]!, { ...Object.fromEntries(told), ...time }));
  }
  const metrics = Object.entries(row.metrics).filter(([, value]) => value !== null);
  const summary = { ...Object.fromEntries(metrics), status, _runtime: runMs / 1000 };
  yield record('summary', summaryRecord(summary));
  yield record('exit', exitRecord(status === 'ok' || status === 'pruned' ? 0 : 1, runMs / 1000));
  yield record('footer', new ProtoWriter());
}
