// Run folders for tests of the page's Explore part, written by hand: trials, times and curves that are known.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeRunReport } from '../../src/report/load.js';
import type { Manifest } from '../../src/run/manifest.js';
import { makeManifest, makeRunFolder, type TrialRow } from './folders.js';

export const OPTIMIZERS = ['adam', 'momentum', 'sgd'];

type Metrics = Manifest['worker']['metrics'];

const METRICS: Metrics = [
  { name: 'loss', type: 'number', goal: 'min' },
  { name: 'accuracy', type: 'number', goal: 'max' },
  { name: 'good', type: 'boolean' },
];

/** `count` trials over a rate, an optimiser and a flag, two replicates each; every 25th fails. */
export function makeTrials(count: number): TrialRow[] {
  return Array.from({ length: count }, (_, i) => {
    const isBad = i % 25 === 24;
    const rate = 0.001 * 10 ** (3 * ((Math.floor(i / 2) % 10) / 9));
    const loss = (Math.log10(rate) + 1.4) ** 2 + (i % 7) * 0.01;
    return {
      replicate: i % 2,
      rate,
      optimizer: OPTIMIZERS[Math.floor(i / 20) % 3]!,
      warm: i % 4 < 2,
      status: isBad ? 'failed' : 'ok',
      loss: isBad ? null : loss,
      accuracy: isBad ? null : Math.exp(-loss),
      good: isBad ? null : loss < 0.5,
    };
  });
}

export interface MadeRun {
  readonly folder: string;
  readonly page: string;
}

/** Writes the run and its page. */
export async function makeRun(
  trials: readonly TrialRow[],
  options: { readonly curves?: boolean; readonly manifest?: Parameters<typeof makeManifest>[0] } = {},
): Promise<MadeRun> {
  const { curves = true, manifest } = options;
  const folder = await makeRunFolder(
    makeManifest({
      sweep: 'rates',
      title: 'Which rate?',
      axes: ['rate', 'optimizer', 'warm'],
      ...manifest,
      worker: {
        params: [
          { name: 'rate', type: 'number', default: 0.1 },
          { name: 'optimizer', type: 'string', default: 'adam' },
          { name: 'warm', type: 'boolean', default: false },
        ],
        metrics: METRICS,
        series: curves ? ['train_loss'] : [],
        ...manifest?.worker,
      },
    }),
    trials,
  );
  const times = trials.map(({ status }, i) => {
    const end = status === 'ok' ? 'ok,' : `failed,"Error: rate ${i} is ""too"" large"`;
    return `${i},1,${i % 2},host,cpu,1,${5 + (i % 11)},${end}\n`;
  });
  writeFileSync(
    join(folder, 'timings.csv'),
    `trial,attempt,worker,host,device,queue_ms,run_ms,status,error\n${times.join('')}`,
  );
  if (curves) {
    const steps = trials.flatMap(({ loss }, i) =>
      loss === null ? [] : [1, 2, 3, 4, 5].map((step) => `${i},${step},${Number(loss) + 1 / step}\n`),
    );
    writeFileSync(join(folder, 'metrics.csv'), `trial,step,train_loss\n${steps.join('')}`);
  }
  const { html } = await writeRunReport(folder);
  return { folder, page: join(folder, html) };
}
